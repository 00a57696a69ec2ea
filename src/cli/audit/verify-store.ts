import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { commitmentTo, type Opening } from '../../canonical/commitment.js';
import type { VerifierKey } from '../../audit/notes/keys.js';
import type { Problem, UnusedCheckpoint } from '../../audit/verification/finding.js';
import {
  verifyLog,
  type LogEvidence,
  type LogFinding,
  type LogVerification,
} from '../../audit/verification/verify-log.js';
import { clockOf } from '../../composition/clock.js';
import { openLogReading, type LogReading } from '../../composition/log-reading.js';
import type { Config } from '../../config.js';
import type { EventLog } from '../../eventstore/event-log.js';
import type { EventStore, StoredEvent } from '../../eventstore/event-store.js';
import { VaultError } from '../../vault/vault.js';
import { counted } from '../counted.js';
import { openProgress, type Progress } from '../progress.js';
import type { Terminal } from '../terminal.js';
import { keysIn, readCheckpoints, readKeys } from './input.js';
import { EXIT_CODES, openReport, type Report } from './report.js';
import { sentenceOfFinding, sentenceOfProblem } from './sentences.js';

/** What is verified of the log, and against what. */
export interface VerifyStoreOptions {
  /** Accounts; none for all. */
  readonly account: readonly string[];
  readonly checkpoint: readonly string[];
  readonly key: readonly string[];
  /** Whether personal values are held against their commitments. */
  readonly openings: boolean;
  readonly json: boolean;
}

/** Read at once. */
const PORTION = 1_000;

/** The log from its beginning to where it ends now. */
async function* portions(store: EventStore, onPosition: (position: bigint, head: bigint) => void) {
  const head = await store.head();
  let after = 0n;
  while (after < head) {
    const { events, position } = await store.readAll({ after, limit: PORTION });
    // A store that has nothing more to give has come to its end, whatever it says that is.
    if (position === after) return;
    yield events.filter((event) => event.position <= head);
    after = position;
    onPosition(after, head);
  }
}

function areFit({ personal }: StoredEvent, openings: readonly (Opening | null)[] | undefined): boolean {
  const sealed = [personal?.subject, personal?.request].filter((one) => one !== undefined);
  return sealed.every(({ commitment }, index) => {
    const opening = openings?.[index] ?? null;
    return opening === null || commitmentTo(opening) === commitment;
  });
}

/** Those of some events whose personal values are not what was recorded; what does not open under its own key is not. */
async function unfitOf(log: EventLog, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
  try {
    const openings = await log.openings(events);
    return events.filter((event, index) => !areFit(event, openings[index]));
  } catch (error) {
    // One that does not open keeps all from being opened: each is tried by itself. What the vault says is not of one event.
    if (error instanceof VaultError) throw error;
    if (events.length === 1) return events;
    const each: StoredEvent[] = [];
    for (const event of events) each.push(...(await unfitOf(log, [event])));
    return each;
  }
}

function unfitIn({ log }: LogReading): LogEvidence['unfit'] {
  if (log === null) return async () => new Set();
  return async (events) => {
    // The log gave them: they are its events.
    const sealed = (events as readonly StoredEvent[]).filter(({ personal }) => personal !== undefined);
    return new Set((await unfitOf(log, sealed)).map(({ id }) => id));
  };
}

function sentenceOf(finding: LogFinding): string {
  if (finding.code !== 'SEQ_GAP') return `account ${finding.account}: ${sentenceOfFinding(finding)}`;
  const { account, seq, stream, version, found } = finding;
  return `account ${account}: at record ${seq} stream ${stream} goes on with version ${found} instead of ${version}: events are missing, stand twice or elsewhere`;
}

function provenIn({ proven, accounts, records }: LogVerification): string {
  const sizes = Object.values(proven);
  const trails = sizes.filter((size) => size !== null).length;
  const read = `${counted(records, 'record')} of ${counted(accounts, 'account')} read`;
  if (trails === 0) return `nothing is proven (${read})`;
  const told = [
    trails === 1
      ? `the trail of 1 account is the one over which its checkpoints were signed (${read})`
      : `the trails of ${trails} accounts are those over which their checkpoints were signed (${read})`,
  ];
  const [without, doubtful] = [accounts - sizes.length, sizes.length - trails];
  if (doubtful > 0) told.push(`of ${counted(doubtful, 'account')} with a checkpoint nothing is proven`);
  if (without > 0) told.push(`of ${counted(without, 'account')} without a checkpoint nothing is proven`);
  return told.join('; ');
}

function sentenceOfProblemIn(problem: Problem): string {
  if (problem.code !== 'NO_CHECKPOINT') return sentenceOfProblem(problem);
  return 'no checkpoint is of an account of this log and signed by a given key: give one that somebody kept';
}

function conclude(report: Report, verification: LogVerification): number {
  const { verdict, problem, findings, records, accounts, proven } = verification;
  report.conclude({
    ...{ verdict, problem: problem && sentenceOfProblemIn(problem), proven: provenIn(verification) },
    details: { findings, problem, records, accounts, proven },
  });
  return EXIT_CODES[verdict];
}

/** Ends where the log or what was given could not be read to its end: what was found before still counts. */
function broken(report: Report, findings: number, error: unknown): number {
  const verdict = findings > 0 ? 'tampered' : 'unusable';
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (typeof code !== 'string') throw error;
  const problem = error instanceof Error ? error.message : code;
  report.conclude({
    ...{ verdict, problem, proven: 'it could not be read to its end, and nothing is proven' },
    details: { findings, problem: { code }, records: null, accounts: null, proven: {} },
  });
  return EXIT_CODES[verdict];
}

async function ifThere(path: string): Promise<readonly string[]> {
  return access(path).then(
    () => [path],
    () => [],
  );
}

/** The file into which the service puts its checkpoints, if there is one. */
function ownCheckpoints({ auditCheckpointsFile, dataDir }: Config): Promise<readonly string[]> {
  return ifThere(auditCheckpointsFile ?? join(dataDir, 'audit-checkpoints.txt'));
}

/** The keys of the service itself, for whom none is given. */
async function ownKeys({ auditKeys, dataDir }: Config): Promise<readonly VerifierKey[]> {
  if (auditKeys.from === 'ENVIRONMENT') return keysIn(auditKeys.text, 'in AUDIT_KEYS');
  return readKeys(auditKeys.from === 'FILE' ? [auditKeys.path] : await ifThere(join(dataDir, 'audit-keys.txt')));
}

interface Given {
  readonly checkpoints: readonly string[];
  readonly keys: readonly VerifierKey[];
}

/** Read before the log: what is signed while that is read would be ahead of it. */
async function givenBy({ checkpoint, key }: VerifyStoreOptions, config: Config): Promise<Given> {
  const keys = key.length > 0 ? await readKeys(key) : await ownKeys(config);
  return { keys, checkpoints: await readCheckpoints([...checkpoint, ...(await ownCheckpoints(config))]) };
}

function showPosition(progress: Progress) {
  let records = 0;
  return {
    onProgress: (read: number) => void (records = read),
    onPosition: (position: bigint, head: bigint) =>
      progress.show(head === 0n ? null : Number((position * 1_000n) / head) / 1_000, counted(records, 'record')),
  };
}

/**
 * Verifies the log of the service itself, which may be running: opens it to be read only, and builds the trees from its events.
 * Answers the exit code: 0 sound, 1 tampered, 2 unusable.
 */
export async function verifyStore(options: VerifyStoreOptions, config: Config, terminal: Terminal): Promise<number> {
  const report = openReport(terminal.stdout, options.json);
  const progress = openProgress(terminal.stderr);
  const shown = showPosition(progress);
  let findings = 0;
  const onFinding = (finding: LogFinding): void => {
    findings += 1;
    progress.clear();
    report.finding(finding.code, sentenceOf(finding), finding);
  };
  const onUnused = (unused: UnusedCheckpoint): void => {
    progress.clear();
    report.unused(unused);
  };
  const onWarning = (sentence: string): void => {
    progress.clear();
    report.warning(sentence);
  };
  let reading: LogReading | null = null;
  try {
    const given = await givenBy(options, config);
    reading = await openLogReading(config, { now: clockOf(config), onWarning }, options.openings);
    const accounts = options.account.length === 0 ? null : new Set(options.account);
    const evidence = { ...given, accounts, unfit: unfitIn(reading) };
    const batches = portions(reading.store, shown.onPosition);
    const { onProgress } = shown;
    const verification = await verifyLog({ ...evidence, batches }, { onFinding, onUnused, onProgress });
    progress.clear();
    return conclude(report, verification);
  } catch (error) {
    progress.clear();
    return broken(report, findings, error);
  } finally {
    await reading?.close();
  }
}
