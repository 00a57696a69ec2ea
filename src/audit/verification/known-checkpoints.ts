import type { ExportHeader } from '../export/header.js';
import { accountOfOrigin, claimOf, openCheckpoint, type Checkpoint } from '../notes/checkpoint.js';
import type { VerifierKey } from '../notes/keys.js';
import { parseNote } from '../notes/signed-note.js';
import type { CheckpointSource, Finding, Problem, UnusedCheckpoint, UnusedReason } from './finding.js';

/** A note that is said to be a checkpoint. */
export interface Candidate {
  readonly note: string;
  readonly source: CheckpointSource;
}

/** A checkpoint of an account that a known key signed. */
export interface KnownCheckpoint extends Checkpoint {
  readonly source: CheckpointSource;
}

/** The checkpoints that a trail can be held against, the smallest first, and what is wrong with the others. */
export interface KnownCheckpoints {
  readonly usable: readonly KnownCheckpoint[];
  readonly unused: readonly UnusedCheckpoint[];
  readonly findings: readonly Finding[];
  readonly problem: Problem | null;
}

/** Notes with where they came from. */
export function candidatesOf(from: CheckpointSource['from'], notes: readonly string[]): readonly Candidate[] {
  return notes.map((note, index) => ({ note, source: { from, index } }));
}

/** A checkpoint that was not used, and why. */
export function unusedFor(
  reason: UnusedReason,
  source: CheckpointSource,
  claim: Pick<Checkpoint, 'origin' | 'size'> | null,
): UnusedCheckpoint {
  return { checkpoint: source, origin: claim?.origin ?? null, size: claim?.size ?? null, reason };
}

type Sorted =
  { readonly known: KnownCheckpoint } | { readonly finding: Finding } | { readonly unused: UnusedCheckpoint };

/** What one note is. Its origin counts for nothing but the account: whoever renames it must not escape what was signed before. */
function sortOut(
  { note, source }: Candidate,
  { account, start }: Pick<ExportHeader, 'account' | 'start'>,
  keys: readonly VerifierKey[],
): Sorted {
  const claim = claimOf(note);
  if (claim === null) return { unused: unusedFor('MALFORMED', source, null) };
  if (accountOfOrigin(claim.origin) !== account) return { unused: unusedFor('OTHER_ACCOUNT', source, claim) };
  const opened = openCheckpoint(note, keys);
  if (!opened.opened) {
    const refusal = 'WRONG_SIGNATURE';
    if (opened.refusal !== refusal) return { unused: unusedFor('UNKNOWN_KEY', source, claim) };
    return { finding: { code: 'BAD_SIGNATURE', checkpoint: source, size: claim.size, refusal } };
  }
  if (claim.size < start.size) return { unused: unusedFor('BEFORE_START', source, claim) };
  return { known: { ...claim, source } };
}

/** Whether there is something to prove by: a kept checkpoint where any was kept, else one of the export's own. */
function canProve(usable: readonly KnownCheckpoint[], candidates: readonly Candidate[]): boolean {
  const isKept = ({ source }: { readonly source: CheckpointSource }): boolean => source.from === 'KEPT';
  // Else a log that was begun anew would prove itself by its own checkpoints.
  return candidates.some(isKept) ? usable.some(isKept) : usable.length > 0;
}

/** The key that a note says signed it. */
function keyOf(note: string): string {
  const [first] = parseNote(note)?.signatures ?? [];
  return first === undefined ? '' : `${first.name}+${first.id}`;
}

/** What the first checkpoint asks for that could not be read, or has no known key. */
export function problemOfUnused(unused: readonly UnusedCheckpoint[], candidates: readonly Candidate[]): Problem | null {
  const malformed = unused.find(({ reason }) => reason === 'MALFORMED');
  if (malformed !== undefined) return { code: 'MALFORMED_CHECKPOINT', checkpoint: malformed.checkpoint };
  const unknown = unused.find(({ reason }) => reason === 'UNKNOWN_KEY')?.checkpoint;
  if (unknown === undefined) return null;
  const isIt = ({ source }: Candidate): boolean => source.from === unknown.from && source.index === unknown.index;
  return { code: 'UNKNOWN_KEY', checkpoint: unknown, key: keyOf(candidates.find(isIt)?.note ?? '') };
}

/** Sorts out the checkpoints that somebody kept, and those that came with the export. */
export function knownCheckpoints(
  candidates: readonly Candidate[],
  trail: Pick<ExportHeader, 'account' | 'start'>,
  keys: readonly VerifierKey[],
): KnownCheckpoints {
  const sorted = candidates.map((candidate) => sortOut(candidate, trail, keys));
  const usable = sorted
    .flatMap((one) => ('known' in one ? [one.known] : []))
    .toSorted((one, other) => one.size - other.size);
  const unused = sorted.flatMap((one) => ('unused' in one ? [one.unused] : []));
  const findings = sorted.flatMap((one) => ('finding' in one ? [one.finding] : []));
  const problem = problemOfUnused(unused, candidates);
  return {
    usable,
    unused,
    findings,
    problem: problem ?? (canProve(usable, candidates) ? null : { code: 'NO_CHECKPOINT' }),
  };
}
