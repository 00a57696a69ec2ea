import { Option, type Command } from 'commander';
import { DEFAULT_OCSF_VERSION, OCSF_VERSIONS, type OcsfVersion } from '../../audit/export/ocsf/activities.js';
import { EXPORT_FORMATS } from '../../domain/account/events.js';

const FORMAT_NAMES = EXPORT_FORMATS.map((format) => format.toLowerCase());

/** Many files or keys: the option may be given more than once, and each may be followed by several. */
function many(flags: string, description: string): Option {
  return new Option(flags, description).default([], 'none');
}

const VERIFY_EXAMPLES = `
Exit codes: 0 sound, 1 tampered, 2 unusable: nothing could be proven, a key or file is missing, or the command is wrong.

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

const EXPORT_EXAMPLES = `
Personal values are in it: keep the file where they may be.

Examples:
  $ virtual-mfa audit export --account acme --output trail.ndjson
  $ virtual-mfa audit export --account 0b3f… --format csv | gzip > trail.csv.gz
  $ virtual-mfa audit export --account 0b3f… --from 1200 --output rest.ndjson`;

interface ExportFlags {
  readonly account: string;
  readonly format: string;
  readonly from: string;
  readonly ocsfVersion: OcsfVersion;
  readonly output?: string;
}

async function exportTrail(flags: ExportFlags, command: Command): Promise<void> {
  const format = EXPORT_FORMATS.find((one) => one.toLowerCase() === flags.format);
  const from = Number(flags.from);
  if (format === undefined || !/^\d+$/.test(flags.from) || !Number.isSafeInteger(from))
    command.error('error: --from is the seq of a record: a whole number from 0 on');
  const { exportFromLog } = await import('./export-trail.js');
  const { readConfig } = await import('../../config.js');
  const { stdout, stderr } = process;
  const { account, ocsfVersion, output = null } = flags;
  await exportFromLog({ account, format, from, ocsfVersion, output }, readConfig(), { stdout, stderr });
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
  audit
    .command('export')
    .description('take the audit trail of an account out of the log that the settings name; the trail says so')
    .requiredOption('--account <account>', 'whose trail: its alias, or its id')
    .addOption(new Option('--format <format>', 'native can be verified').choices(FORMAT_NAMES).default('native'))
    .option('--from <seq>', 'the first record; after an export that broke off the one behind its last', '0')
    .addOption(new Option('--ocsf-version <version>', 'of OCSF').choices(OCSF_VERSIONS).default(DEFAULT_OCSF_VERSION))
    .option('--output <file>', 'a file that is not there yet, instead of standard output')
    .addHelpText('after', EXPORT_EXAMPLES)
    .action(exportTrail);
}
