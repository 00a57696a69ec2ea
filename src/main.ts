import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAccountsCommands } from './cli/accounts/commands.js';
import { addAuditCommands } from './cli/audit/commands.js';
import { addKeysCommands } from './cli/keys/commands.js';
import { describeSettings, findMisspellings } from './cli/settings.js';
import { readConfig } from './config.js';
import type { EndProcess } from './runtime/ending.js';
import type { Service } from './service.js';

/** Errors that are explained by their message alone, since the operator can mend them. */
const EXPLAINED = new Set([
  'INVALID_CONFIG',
  'INVALID_KEY_RING',
  'INVALID_AUDIT_KEYS',
  'INVALID_GRANT_KEYS',
  'MALFORMED_KEY',
  'UNREADABLE_FILE',
  'UNAVAILABLE',
  'UNUSABLE_INPUT',
]);

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The port is in use. Stop the other process, or set PORT to another port.',
  ENOENT: 'Name a file that is there.',
  EEXIST: 'Name a file that is not there yet.',
  EACCES: 'Permission was denied. Use a PORT from 1024 on, and a DATA_DIR that this user may write.',
  EADDRNOTAVAIL: 'This machine does not have the address in HOST. Set it to one that it has, such as 127.0.0.1.',
  ENOTFOUND: 'The name in HOST is not known. Set it to an address of this machine, such as 127.0.0.1.',
};

/** The exit code for a command line that makes no sense. */
const USAGE_ERROR = 2;
/** The exit code of a verification that did not come to its end: scripts take 1 for a trail that was changed. */
const UNUSABLE = 2;

/** The exit code for a command that fails. */
let failure = 1;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function explain(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (EXPLAINED.has(code)) return message;
  const remedy = REMEDIES[code];
  if (remedy !== undefined) return `${message}. ${remedy}`;
  return error instanceof Error ? (error.stack ?? message) : message;
}

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

async function serve(): Promise<void> {
  const config = readConfig();
  const [{ start }, { createLogger }, { installLastResort }, { createEnding }] = await Promise.all([
    import('./service.js'),
    import('./runtime/logger.js'),
    import('./runtime/last-resort.js'),
    import('./runtime/ending.js'),
  ]);
  let service: Service | null = null;
  const stop = () => service?.stop() ?? Promise.resolve();
  const logger = createLogger(config.logLevel);
  const end = createEnding({ logger, stop });
  installLastResort({ logger, end });
  for (const { name, meant } of findMisspellings(process.env))
    logger.warn(`${name} is set, and no setting is called that: rename it to ${meant}, or unset it`);
  service = await start(config);
  stopOnSignals(end);
  void service.failed.then((error) => {
    console.error(explain(error));
    end(1);
  });
  console.log(`Virtual MFA listens on ${service.url}`);
}

function stopOnSignals(end: EndProcess): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: answering what is in flight, then stopping`);
    end(0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** Keys are made before the service can be started with them, so no more of the settings is looked at. */
function auditOrigin(): string {
  const { AUDIT_ORIGIN, PUBLIC_URL } = process.env;
  return readConfig({ AUDIT_ORIGIN, PUBLIC_URL }).auditOrigin;
}

const program = new Command()
  .name('virtual-mfa')
  .description('Virtual MFA (TOTP) for a cloud console: an event-sourced service with GraphQL')
  .version(versionOf())
  .showHelpAfterError()
  // Subcommands take this over. A wrong command line is told apart from a command that failed.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_ERROR))
  .hook('preAction', (_, command) => {
    if (command.name() === 'verify') failure = UNUSABLE;
  });

program
  .command('serve')
  .description('serve the GraphQL API')
  .addHelpText('after', `\n${describeSettings()}`)
  .action(serve);

program
  .command('demo')
  .description('play the whole story against a freshly started service, and print each step; takes three minutes')
  .action(async () => {
    const { demo } = await import('./demo/demo.js');
    await demo();
  });

const accounts = program.command('accounts').description('accounts, by whoever runs the service');

addAccountsCommands(accounts);

const keys = program.command('keys').description('the key ring that seals the vault');

addKeysCommands(keys);

const audit = program.command('audit').description('the audit trail');

addAuditCommands(audit);

const auditKeys = audit.command('keys').description('the keys that sign checkpoints of audit trails');

auditKeys
  .command('generate')
  .description('print a new signing key with its verifier key, lines for AUDIT_KEYS_FILE: the last key in it signs')
  .option('--name <name>', 'the name of the key; what AUDIT_ORIGIN says if left out')
  .action(async ({ name }: { readonly name?: string }) => {
    const [{ keyLines }, { SEED_BYTES }] = await Promise.all([
      import('./audit/notes/key-list.js'),
      import('./audit/notes/keys.js'),
    ]);
    process.stdout.write(keyLines(name ?? auditOrigin(), randomBytes(SEED_BYTES)));
  });

auditKeys
  .command('list')
  .description('print the verifier keys of a file of keys, one a line')
  .argument('<file>', 'the file that AUDIT_KEYS_FILE names')
  .action(async (path: string) => {
    const { parseKeyList } = await import('./audit/notes/key-list.js');
    const { verifiers } = parseKeyList(readFileSync(path, 'utf8'), path);
    for (const { text } of verifiers) console.log(text);
  });

const grantKeys = program
  .command('grants')
  .description('grants for other services')
  .command('keys')
  .description('the keys that sign grants');

grantKeys
  .command('generate')
  .description(
    'print a new signing key with its public half as a comment, lines for GRANT_KEYS_FILE: the last key in it signs',
  )
  .action(async () => {
    const { generateGrantKey } = await import('./grants/grant-keys.js');
    process.stdout.write(await generateGrantKey());
  });

// A reader of the output may leave at any time, as `head` does: work that has begun goes on to its end.
process.stderr.on('error', () => undefined);
process.stdout.once('error', (error) => {
  process.stdout.on('error', () => undefined);
  console.error(`The output could not be written (${codeOf(error)}): nobody reads it. Run the command again.`);
  process.exitCode = failure;
});

try {
  await program.parseAsync();
} catch (error) {
  // Where the output broke off, that is said already.
  if (codeOf(error) !== 'EPIPE') console.error(explain(error));
  process.exitCode = failure;
}
