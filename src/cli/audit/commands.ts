import { Option, type Command } from 'commander';

/** Many files or keys: the option may be given more than once, and each may be followed by several. */
function many(flags: string, description: string): Option {
  return new Option(flags, description).default([], 'none');
}

const VERIFY_EXAMPLES = `
Exit codes: 0 sound, 1 tampered, 2 unusable.

Examples:
  $ virtual-mfa audit verify export.ndjson --checkpoint kept.txt --key keys.txt
  $ curl -sH "authorization: Bearer $TOKEN" https://mfa.example.com/audit/export | virtual-mfa audit verify - --checkpoint kept.txt --key keys.txt
  $ virtual-mfa audit verify --store --checkpoint kept.txt --key keys.txt`;

interface VerifyFlags {
  readonly store?: boolean;
  readonly account: readonly string[];
  readonly checkpoint: readonly string[];
  readonly key: readonly string[];
  readonly openings: boolean;
  readonly json?: boolean;
}

async function verify(file: string | undefined, flags: VerifyFlags, command: Command): Promise<void> {
  const { store = false, json = false } = flags;
  if (store === (file !== undefined)) command.error('error: give the file of an export, or --store, and not both');
  if (flags.account.length > 0 && !store)
    command.error('error: --account goes with --store: an export is of one account');
  const { stdin, stdout, stderr } = process;
  const terminal = { stdin, stdout, stderr };
  if (file !== undefined) {
    const { verifyExport } = await import('./verify-export.js');
    process.exitCode = await verifyExport({ ...flags, file, json }, terminal);
    return;
  }
  const { verifyStore } = await import('./verify-store.js');
  const { readConfig } = await import('../../config.js');
  process.exitCode = await verifyStore({ ...flags, json }, readConfig(), terminal);
}

/** Adds what can be done with audit trails; each is loaded when it is asked for. */
export function addAuditCommands(audit: Command): void {
  audit
    .command('verify')
    .description('verify an exported audit trail with nothing but files, or the log itself')
    .argument('[file]', 'a native export, packed by gzip or not; - for standard input')
    .addOption(many('--checkpoint <files...>', 'checkpoints that somebody kept'))
    .addOption(many('--key <keys...>', 'verifier keys, or files with one a line'))
    .option('--store', 'verify the log that the settings name, beside a running service; nothing is written')
    .addOption(many('--account <ids...>', 'with --store: these accounts only'))
    .option('--no-openings', 'with --store: do not hold personal values against what was recorded')
    .option('--json', 'one JSON object a line: the findings, then the verdict')
    .addHelpText('after', VERIFY_EXAMPLES)
    .action(verify);
}
