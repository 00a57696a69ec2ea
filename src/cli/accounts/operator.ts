import { pino } from 'pino';
import { accountNamed, type RecoverableAccount } from '../../application/account-recovery.js';
import type { Application } from '../../application/application.js';
import type { RequestContext } from '../../application/request-context.js';
import { clockOf } from '../../composition/clock.js';
import { expectLog } from '../../composition/log.js';
import { openStorage } from '../../composition/storage.js';
import type { Config } from '../../config.js';
import { REJECTION_CODES, type Rejection } from '../../domain/rejection.js';
import { checkKeyRing } from '../../vault/key-ring-check.js';
import { UnusableInputError } from '../audit/input.js';
import type { Output, Terminal } from '../terminal.js';

/** What an operator's command works with. */
export interface OperatorsWork {
  readonly app: Application;
  readonly request: RequestContext;
  readonly account: RecoverableAccount;
  readonly stdout: Output;
}

/** Refusals, told to the operator. */
export function refusalAsError(...rejections: readonly Rejection[]): UnusableInputError {
  return new UnusableInputError(rejections.map(({ code }) => REJECTION_CODES[code]).join(' '));
}

/** Which account it is that something is about to be done to. */
function introduction({ account, primary }: RecoverableAccount): string {
  return `account   ${account.accountId}\nprimary   ${primary.userId}\nname      ${primary.displayName ?? '(erased)'}`;
}

/**
 * Has an operator do something to an account of the log that the settings name, beside a service that may be running.
 * It prints first which account it is.
 * @param named its id, or its alias
 */
export async function asOperator(
  named: string,
  config: Config,
  { stdout }: Pick<Terminal, 'stdout'>,
  work: (tools: OperatorsWork) => Promise<void>,
): Promise<void> {
  const logger = pino({ level: 'silent' });
  const now = clockOf(config);
  await expectLog(config, { now, onWarning: () => undefined });
  const { app, keyRing, close } = await openStorage({ config, now, logger });
  try {
    await checkKeyRing(app.vault, keyRing);
    const account = await accountNamed(app, named);
    if (account === null)
      throw new UnusableInputError(`there is no account ${named}: give the alias or the id of one that is there`);
    const from = { ip: null, userAgent: null };
    const request = { requestId: app.newId(), from, knownBrowser: null, current: null, wrote: () => undefined };
    stdout.write(`${introduction(account)}\n`);
    await work({ app, request, account, stdout });
  } finally {
    await close();
  }
}
