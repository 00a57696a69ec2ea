/** Runs a command with `EVENT_STORE_URL` set to a double of EventStoreDB, which ends with it: `on-double.ts npm run demo`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDoubleProcess } from '../test/support/eventstoredb/process.js';

const HELP = `node --import tsx scripts/on-double.ts <command> [arguments…]

Starts a double of EventStoreDB in a process of its own, its log in a file of a new folder, runs the command with
EVENT_STORE_URL set to it, ends the double, and exits as the command did.
`;

/** Runs a command to its end; its exit code, 1 where a signal ended it. */
async function run(command: string, args: readonly string[], url: string): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, EVENT_STORE_URL: url } });
  // A terminal sends its signals to the child as well; what others send is passed on. Either way the double is ended after it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function onDouble(command: string, args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-double-'));
  try {
    const double = await startDoubleProcess({ file: join(folder, 'log') });
    try {
      return await run(command, args, double.url);
    } finally {
      await double.kill();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [command, ...args] = process.argv.slice(2);
if (command === undefined || command === '--help') {
  process.stdout.write(HELP);
  process.exitCode = command === undefined ? 2 : 0;
} else {
  process.exitCode = await onDouble(command, args);
}
