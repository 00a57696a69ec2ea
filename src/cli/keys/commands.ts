import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';

const ROTATE_TEXT = `
Services that take their keys from the same file go on, and take the new key up by themselves. Broken off, run it again: it goes
on where it was. Where nodes have copies of the file, or the ring is in KEY_RING, docs/operating.md tells the order.

Examples:
  $ virtual-mfa keys rotate
  $ virtual-mfa keys add && virtual-mfa keys rotate --to 2026-11-28-1f2e3d4c`;

const DESTROY_TEXT = `
What lies in backups under the key can be opened by nobody from then on, and backups from before the rotation cannot be restored.
The digest key is no sealing key: it never changes, and cannot be destroyed.`;

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

async function surroundings() {
  const { readConfig } = await import('../../config.js');
  const { stdin, stdout, stderr } = process;
  return [readConfig(), { stdin, stdout, stderr }] as const;
}

function addChanges(keys: Command): void {
  keys
    .command('add')
    .description('put a new key into the file of the key ring, which seals nothing yet; prints its id')
    .action(async () => {
      const { addKey } = await import('./rotate.js');
      process.exitCode = await addKey(...(await surroundings()));
    });
  keys
    .command('rotate')
    .description('seal everything anew under a new key, while services run')
    .option('--resume', 'make no new key: seal anew what is not under the active one yet', false)
    .option('--to <id>', 'make no new key: make this one of the ring active')
    .addHelpText('after', ROTATE_TEXT)
    .action(async (flags: { readonly resume: boolean; readonly to?: string }, command: Command) => {
      if (flags.resume && flags.to !== undefined) command.error('error: give --resume or --to, not both');
      const { rotateKeys } = await import('./rotate.js');
      process.exitCode = await rotateKeys(flags, ...(await surroundings()));
    });
  keys
    .command('destroy')
    .description('take a key that seals nothing any more out of the ring')
    .argument('<id>', 'the key, as `keys check` names it')
    .option('--yes', 'do not ask', false)
    .addHelpText('after', DESTROY_TEXT)
    .action(async (id: string, { yes }: { readonly yes: boolean }) => {
      const { destroyKey } = await import('./destroy.js');
      const confirm = async (question: string) => yes || ask(question);
      process.exitCode = await destroyKey({ id, confirm }, ...(await surroundings()));
    });
}

/** Adds what can be done with the key ring; each is loaded when it is asked for. */
export function addKeysCommands(keys: Command): void {
  keys
    .command('generate')
    .description('print a new key ring, for KEY_RING_FILE: keep it apart from the data')
    .action(async () => {
      const [{ generateKeyRing, serialiseKeyRing }, { systemTime }] = await Promise.all([
        import('../../vault/key-ring-file.js'),
        import('../../composition/clock.js'),
      ]);
      process.stdout.write(serialiseKeyRing(generateKeyRing(systemTime())));
    });
  keys
    .command('check')
    .description(
      'open every secret of the vault, and tell how many lie under which key; exit code 1 if any does not open',
    )
    .action(async () => {
      const { checkKeys } = await import('./check.js');
      process.exitCode = await checkKeys(...(await surroundings()));
    });
  addChanges(keys);
}
