import { parseHeader, type ExportHeader } from '../export/header.js';
import { parseExportLine, type ExportedRecord } from '../export/line.js';
import type { VerifierKey } from '../notes/keys.js';
import type { Finding, Problem, Proven, UnusedCheckpoint, Verification } from './finding.js';
import { candidatesOf, knownCheckpoints, type KnownCheckpoints } from './known-checkpoints.js';
import { openOriginCheck, type OriginCheck } from './origin-check.js';
import { checkRecord } from './record-check.js';
import { openRootCheck, type RootCheck } from './root-check.js';

/** An exported trail, and what it is held against. */
export interface TrailEvidence {
  /** The lines of the export without their newlines. */
  readonly lines: AsyncIterable<string> | Iterable<string>;
  /** Signed checkpoints that somebody else kept. */
  readonly checkpoints: readonly string[];
  /** The keys by which checkpoints may be signed, old ones too. */
  readonly keys: readonly VerifierKey[];
}

/** Who is told while a verification goes on. */
export interface VerificationReport {
  readonly onFinding: (finding: Finding) => void;
  /** Told at the end of each checkpoint that was not used. */
  readonly onUnused?: (unused: UnusedCheckpoint) => void;
  /** Told now and then how many records were read, and once at the end. */
  readonly onProgress?: (records: number) => void;
}

const PROGRESS_EVERY = 1_000;
const NOTHING_PROVEN: Proven = { kept: null, exported: null };

function accountOf({ record }: ExportedRecord): string | null {
  const { accountId } = record.data;
  return typeof accountId === 'string' ? accountId : null;
}

/** What a trail is held against as it is read. */
interface Checks {
  readonly roots: RootCheck;
  readonly origins: OriginCheck;
}

/** Gives a record its place: a finding where it has another than its turn would be. */
function place(exported: ExportedRecord, account: string, { roots, origins }: Checks): readonly Finding[] {
  const found = { seq: exported.record.seq, account: accountOf(exported) };
  const seq = roots.next();
  const isInPlace = found.seq === seq && found.account === account;
  if (isInPlace) origins.take(exported.record);
  if (found.seq > seq) roots.skipTo(found.seq);
  // What the line says is its hash, not what it should be: so one changed record does not make every later root wrong.
  const findings = found.seq < seq ? [] : roots.take(exported.hash);
  return isInPlace ? findings : [{ code: 'SEQ_GAP', seq, found }, ...findings];
}

/** Counts what is reported on its way. */
function openTally({ onFinding, onUnused = () => undefined, onProgress = () => undefined }: VerificationReport) {
  let findings = 0;
  let records = 0;
  let [commitments, opened] = [0, 0];
  return {
    report(found: readonly Finding[]): void {
      findings += found.length;
      for (const finding of found) onFinding(finding);
    },
    reportUnused(unused: readonly UnusedCheckpoint[]): void {
      for (const one of unused) onUnused(one);
    },
    countRecord({ record, openings }: ExportedRecord): void {
      records += 1;
      commitments += record.personal.length;
      opened += openings.filter((opening) => opening !== null).length;
      if (records % PROGRESS_EVERY === 0) onProgress(records);
    },
    close(problem: Problem | null, proven: Proven): Verification {
      onProgress(records);
      const soundness = problem === null ? 'sound' : 'unusable';
      const verdict = findings > 0 ? 'tampered' : soundness;
      const unopened = { count: Math.max(0, commitments - opened), of: commitments };
      return { verdict, findings, problem, records, proven, unopened };
    },
  };
}

type Tally = ReturnType<typeof openTally>;

/** Checks the lines after the header; answers what stopped it, if anything did. */
async function checkLines(
  lines: AsyncIterable<string>,
  { account }: ExportHeader,
  checks: Checks,
  tally: Tally,
): Promise<Problem | null> {
  const { roots } = checks;
  tally.report(roots.begin());
  let line = 1;
  for await (const text of lines) {
    line += 1;
    const exported = parseExportLine(text);
    if (exported === null) return { code: 'MALFORMED_LINE', line };
    const found = checkRecord(exported);
    if (found.some(({ code }) => code === 'HASH_MISMATCH')) roots.distrust();
    tally.report(found);
    tally.report(place(exported, account, checks));
    tally.countRecord(exported);
  }
  tally.report(roots.end());
  return null;
}

async function* each(lines: TrailEvidence['lines']): AsyncGenerator<string, undefined> {
  yield* lines;
}

function checkpointsFor({ checkpoints, keys }: TrailEvidence, header: ExportHeader): KnownCheckpoints {
  return knownCheckpoints(
    [...candidatesOf('KEPT', checkpoints), ...candidatesOf('EXPORT', header.checkpoints)],
    header,
    keys,
  );
}

/** What the header says of its origin is to be believed only where a checkpoint or a record says the same. */
function problemOfOrigin({ origin }: ExportHeader, { usable }: KnownCheckpoints, { origins }: Checks): Problem | null {
  const isTold = usable.some((one) => one.origin === origin) || origins.isNamed(origin);
  return isTold ? null : { code: 'UNKNOWN_ORIGIN', origin };
}

/**
 * Verifies an exported trail (docs/audit-format.md): that every record is what its hash is of, that all are there and in
 * order, that they have the roots that checkpoints were signed over, and that personal values are those that were recorded.
 * Reads the lines once, and remembers the edge of the tree and the checkpoints, however long the trail is.
 */
export async function verifyTrail(evidence: TrailEvidence, report: VerificationReport): Promise<Verification> {
  const tally = openTally(report);
  const lines = each(evidence.lines);
  try {
    const { value: first } = await lines.next();
    if (first === undefined) return tally.close({ code: 'EMPTY' }, NOTHING_PROVEN);
    const header = parseHeader(first);
    if (typeof header === 'string') return tally.close({ code: header }, NOTHING_PROVEN);
    const known = checkpointsFor(evidence, header);
    tally.report(known.findings);
    const [roots, origins] = [
      openRootCheck(header, known.usable),
      openOriginCheck(header, known.usable, [header.origin]),
    ];
    const problem = await checkLines(lines, header, { roots, origins }, tally);
    tally.report(origins.end(roots.unused()));
    tally.reportUnused([...known.unused, ...roots.unused()]);
    return tally.close(problem ?? known.problem ?? problemOfOrigin(header, known, { roots, origins }), roots.proven());
  } finally {
    // Whoever gives the lines is told that no more are wanted, also where the first was enough.
    await lines.return(undefined);
  }
}
