import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginRecovery, callOffRecovery, completeRecovery, showAccount } from '../../src/cli/accounts/recover.js';
import { readConfig, type Config } from '../../src/config.js';
import { millisecondsOf } from '../../src/domain/instant.js';
import type { Terminal } from '../../src/cli/terminal.js';
import type { TestService } from './service.js';

/** What an operator can do for accounts, beside a service and on its clock; each answers what it printed. */
export interface Operator {
  begin(account: string, reason: string): Promise<string>;
  callOff(account: string): Promise<string>;
  complete(account: string, resetPassword?: boolean): Promise<string>;
  show(account: string): Promise<string>;
}

/** The settings of a service, as its operator's commands have them. */
export function settingsOf({ folder, eventStoreUrl, clock }: TestService): Config {
  const path = join(folder, 'clock');
  writeFileSync(path, String(millisecondsOf(clock.now()) - Date.now()));
  return readConfig({
    ...{ NODE_ENV: 'test', DATA_DIR: folder, TEST_CLOCK_FILE: path },
    ...(eventStoreUrl !== null && { EVENT_STORE_URL: eventStoreUrl }),
  });
}

/** The operator of a service. */
export function operatorOf(service: TestService): Operator {
  async function run(command: (config: Config, out: Pick<Terminal, 'stdout'>) => Promise<void>): Promise<string> {
    let printed = '';
    await command(settingsOf(service), { stdout: { write: (text) => (printed += text) } });
    return printed;
  }
  return {
    begin: (account, reason) => run((config, out) => beginRecovery(account, reason, config, out)),
    callOff: (account) => run((config, out) => callOffRecovery(account, config, out)),
    complete: (account, reset = false) => run((config, out) => completeRecovery(account, reset, config, out)),
    show: (account) => run((config, out) => showAccount(account, config, out)),
  };
}

/** The one-time password that completing a recovery has printed. */
export function oneTimePasswordIn(printed: string): string {
  const found = /: ([A-Za-z0-9_-]{20})\n/.exec(printed)?.[1];
  if (found === undefined) throw new Error(`no password in ${printed}`);
  return found;
}
