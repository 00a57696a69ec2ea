import { recordHash } from '../leaf.js';
import { EMPTY_FRONTIER } from '../merkle/frontier.js';
import { accountOfOrigin, claimOf } from '../notes/checkpoint.js';
import type { VerifierKey } from '../notes/keys.js';
import { recordOf, trailOf, type TrailSource } from '../record.js';
import type { Finding, Problem, UnusedCheckpoint, Verdict } from './finding.js';
import {
  candidatesOf,
  knownCheckpoints,
  problemOfUnused,
  unusedFor,
  type Candidate,
  type KnownCheckpoint,
} from './known-checkpoints.js';
import { openOriginCheck, type OriginCheck } from './origin-check.js';
import { openRootCheck, type RootCheck } from './root-check.js';
import { openStreamVersions } from './stream-versions.js';

/** Something in the log that was not as nobody's making up would be. */
export type LogFinding =
  | (Exclude<Finding, { readonly code: 'SEQ_GAP' }> & { readonly account: string })
  /** In a stream another version follows than the next: an event is missing, stands twice or elsewhere. */
  | {
      readonly code: 'SEQ_GAP';
      readonly account: string;
      /** The place in the trail at which it shows. */
      readonly seq: number;
      readonly stream: string;
      /** The version whose turn it is. */
      readonly version: number;
      readonly found: number;
    };

/** A log, and what it is held against. */
export interface LogEvidence {
  /** The log in its order, in batches. */
  readonly batches: AsyncIterable<readonly TrailSource[]>;
  /** Signed checkpoints of any account, kept by somebody. */
  readonly checkpoints: readonly string[];
  readonly keys: readonly VerifierKey[];
  /** The accounts to be verified; null for all. */
  readonly accounts: ReadonlySet<string> | null;
  /** The ids of those events whose personal values are not what was recorded; none where that is not looked at. */
  readonly unfit: (events: readonly TrailSource[]) => Promise<ReadonlySet<string>>;
}

/** Who is told while a verification goes on. */
export interface LogReport {
  readonly onFinding: (finding: LogFinding) => void;
  /** Told at the end of each checkpoint that was not used. */
  readonly onUnused?: (unused: UnusedCheckpoint) => void;
  /** Told after each batch how many records of trails were read. */
  readonly onProgress?: (records: number) => void;
}

/** What a verification of a log came to. */
export interface LogVerification {
  readonly verdict: Verdict;
  readonly findings: number;
  readonly problem: Problem | null;
  /** How many records of how many accounts were read. */
  readonly records: number;
  readonly accounts: number;
  /**
   * For each account that has a checkpoint, how large its trail was at the largest whose root it has; null: at none, or
   * something was found in its trail.
   */
  readonly proven: Readonly<Record<string, number | null>>;
}

/** A trail as it grows. */
interface Trail {
  size: number;
  /** Null where there is no checkpoint: there is nothing that it could be compared with. */
  readonly roots: RootCheck | null;
  readonly origins: OriginCheck | null;
}

/** A trail from its first record on. */
const WHOLE = { start: EMPTY_FRONTIER } as const;

interface Sorted {
  readonly trails: Map<string, Trail>;
  readonly findings: readonly LogFinding[];
  readonly unused: readonly UnusedCheckpoint[];
  readonly problem: Problem | null;
}

function isAsked({ accounts }: LogEvidence, account: string | null): account is string {
  return account !== null && (accounts === null || accounts.has(account));
}

/** The checkpoints by the account that their origins name. */
function byAccount(evidence: LogEvidence) {
  const accounts = new Map<string, Candidate[]>();
  const unused: UnusedCheckpoint[] = [];
  for (const candidate of candidatesOf('KEPT', evidence.checkpoints)) {
    const claim = claimOf(candidate.note);
    const account = claim && accountOfOrigin(claim.origin);
    if (claim === null) unused.push(unusedFor('MALFORMED', candidate.source, null));
    else if (!isAsked(evidence, account)) unused.push(unusedFor('OTHER_ACCOUNT', candidate.source, claim));
    else accounts.set(account, [...(accounts.get(account) ?? []), candidate]);
  }
  return { accounts, unused };
}

/** What the checks of one trail say, which know nothing of gaps in a log. */
function ofAccount(account: string, findings: readonly Finding[]): readonly LogFinding[] {
  return findings.flatMap((finding) => (finding.code === 'SEQ_GAP' ? [] : [{ ...finding, account }]));
}

function trailWith(checkpoints: readonly KnownCheckpoint[]): Trail {
  return { size: 0, roots: openRootCheck(WHOLE, checkpoints), origins: openOriginCheck(WHOLE, checkpoints) };
}

/** The trails that there are checkpoints of, before their first record. */
function sortCheckpoints(evidence: LogEvidence): Sorted {
  const { accounts, unused } = byAccount(evidence);
  const trails = new Map<string, Trail>();
  const findings: LogFinding[] = [];
  for (const [account, candidates] of accounts) {
    const known = knownCheckpoints(candidates, { ...WHOLE, account }, evidence.keys);
    findings.push(...ofAccount(account, known.findings));
    unused.push(...known.unused);
    if (known.usable.length > 0) trails.set(account, trailWith(known.usable));
  }
  const problem = problemOfUnused(unused, candidatesOf('KEPT', evidence.checkpoints));
  return { trails, findings, unused, problem: problem ?? (trails.size > 0 ? null : { code: 'NO_CHECKPOINT' }) };
}

/** Counts what is reported on its way. */
function openTally({ onFinding }: LogReport) {
  let findings = 0;
  const suspects = new Set<string>();
  const report = (finding: LogFinding): void => {
    findings += 1;
    suspects.add(finding.account);
    onFinding(finding);
  };
  return {
    report,
    reportRoots(account: string, found: readonly Finding[] | undefined): void {
      ofAccount(account, found ?? []).forEach(report);
    },
    count: () => findings,
    isSuspect: (account: string) => suspects.has(account),
  };
}

type Tally = ReturnType<typeof openTally>;

/** Takes in the events of the log one by one. */
function openIntake(evidence: LogEvidence, trails: Map<string, Trail>, tally: Tally) {
  const versions = openStreamVersions();
  let records = 0;

  function checkVersion(event: TrailSource, account: string, seq: number): void {
    const { stream, version: found } = event;
    const version = versions.of(stream) + 1;
    versions.set(stream, Math.max(found, version - 1));
    if (found !== version) tally.report({ code: 'SEQ_GAP', account, seq, stream, version, found });
  }

  return {
    take(event: TrailSource, isUnfit: boolean): void {
      const account = trailOf(event);
      if (!isAsked(evidence, account)) return;
      const trail = trails.get(account) ?? { size: 0, roots: null, origins: null };
      trails.set(account, trail);
      const seq = trail.size;
      checkVersion(event, account, seq);
      if (isUnfit) tally.report({ code: 'COMMITMENT_MISMATCH', account, seq });
      trail.origins?.take({ seq, type: event.type, data: event.data });
      tally.reportRoots(account, trail.roots?.take(recordHash(recordOf(event, seq))));
      trail.size += 1;
      records += 1;
    },
    records: () => records,
  };
}

function provenOf(trails: ReadonlyMap<string, Trail>, { isSuspect }: Tally): LogVerification['proven'] {
  const sizes = [...trails].flatMap(([account, { roots }]): [string, number | null][] =>
    roots === null ? [] : [[account, isSuspect(account) ? null : roots.proven().kept]],
  );
  return Object.fromEntries(sizes);
}

function reportUnused({ trails, unused }: Sorted, { onUnused = () => undefined }: LogReport): void {
  for (const one of [...unused, ...[...trails.values()].flatMap(({ roots }) => roots?.unused() ?? [])]) onUnused(one);
}

/** Tells what is wrong before the first event of the log. */
function reportBeginning(trails: ReadonlyMap<string, Trail>, tally: Tally): void {
  for (const [account, { roots }] of trails) tally.reportRoots(account, roots?.begin());
}

/** Tells what is wrong behind the last event of the log. */
function reportEnd(trails: ReadonlyMap<string, Trail>, tally: Tally): void {
  for (const [account, { roots, origins }] of trails) {
    tally.reportRoots(account, roots?.end());
    tally.reportRoots(account, origins?.end(roots?.unused() ?? []));
  }
}

/**
 * Verifies the log itself, without any read model: that each stream goes on version by version, that the trail of each account
 * has the roots that checkpoints were signed over, and that personal values are what was recorded. Reads it once, and remembers
 * the edge of each tree and the version of each stream.
 */
export async function verifyLog(evidence: LogEvidence, report: LogReport): Promise<LogVerification> {
  const tally = openTally(report);
  const sorted = sortCheckpoints(evidence);
  const { trails, findings, problem } = sorted;
  findings.forEach(tally.report);
  reportBeginning(trails, tally);
  const intake = openIntake(evidence, trails, tally);
  for await (const batch of evidence.batches) {
    const unfit = await evidence.unfit(batch);
    for (const event of batch) intake.take(event, unfit.has(event.id));
    report.onProgress?.(intake.records());
  }
  reportEnd(trails, tally);
  reportUnused(sorted, report);
  const soundness = problem === null ? 'sound' : 'unusable';
  return {
    verdict: tally.count() > 0 ? 'tampered' : soundness,
    ...{
      findings: tally.count(),
      problem,
      records: intake.records(),
      accounts: trails.size,
      proven: provenOf(trails, tally),
    },
  };
}
