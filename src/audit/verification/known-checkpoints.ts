import type { ExportHeader } from '../export/header.js';
import { claimOf, openCheckpoint, type Checkpoint, type OpenedCheckpoint } from '../notes/checkpoint.js';
import type { VerifierKey } from '../notes/keys.js';
import type { CheckpointSource, Finding, Problem } from './finding.js';

/** A checkpoint of this log that a known key signed. */
export interface KnownCheckpoint extends Checkpoint {
  readonly source: CheckpointSource['from'];
}

/** The checkpoints that a trail can be held against, the smallest first, and what is wrong with the others. */
export interface KnownCheckpoints {
  readonly usable: readonly KnownCheckpoint[];
  readonly findings: readonly Finding[];
  readonly problem: Problem | null;
}

interface Candidate {
  readonly note: string;
  readonly source: CheckpointSource;
}

function candidatesOf(from: CheckpointSource['from'], notes: readonly string[]): Candidate[] {
  return notes.map((note, index) => ({ note, source: { from, index } }));
}

function findingOf(source: CheckpointSource, size: number, opened: OpenedCheckpoint): Finding | null {
  if (opened.opened || opened.refusal === 'MALFORMED_CHECKPOINT') return null;
  return { code: 'BAD_SIGNATURE', checkpoint: source, size, refusal: opened.refusal };
}

type Sorted =
  { readonly known: KnownCheckpoint } | { readonly finding: Finding } | { readonly problem: Problem } | null;

/** What one note is; null where it is passed over: of another log, or of a size from which the export does not lead on. */
function sortOut({ note, source }: Candidate, { origin, start }: ExportHeader, keys: readonly VerifierKey[]): Sorted {
  const claim = claimOf(note);
  if (claim === null) return { problem: { code: 'MALFORMED_CHECKPOINT', checkpoint: source } };
  if (claim.origin !== origin) return null;
  const opened = openCheckpoint(note, keys);
  const finding = findingOf(source, claim.size, opened);
  if (finding !== null) return { finding };
  return claim.size < start.size ? null : { known: { ...claim, source: source.from } };
}

/** Whether there is something to prove by: a kept checkpoint where any was kept, else one of the export's own. */
function canProve(usable: readonly KnownCheckpoint[], kept: readonly string[]): boolean {
  // Else a log that was begun anew under another name would prove itself by its own checkpoints.
  return kept.length === 0 ? usable.length > 0 : usable.some(({ source }) => source === 'KEPT');
}

/** Sorts checkpoints out: those kept by whoever verifies, and those that came with the export. */
export function knownCheckpoints(
  kept: readonly string[],
  header: ExportHeader,
  keys: readonly VerifierKey[],
): KnownCheckpoints {
  const candidates = [...candidatesOf('KEPT', kept), ...candidatesOf('EXPORT', header.checkpoints)];
  const sorted = candidates.map((candidate) => sortOut(candidate, header, keys)).filter((one) => one !== null);
  const usable = sorted.flatMap((one) => ('known' in one ? [one.known] : []));
  const [malformed] = sorted.flatMap((one) => ('problem' in one ? [one.problem] : []));
  return {
    usable: usable.sort((one, other) => one.size - other.size),
    findings: sorted.flatMap((one) => ('finding' in one ? [one.finding] : [])),
    problem: malformed ?? (canProve(usable, kept) ? null : { code: 'NO_CHECKPOINT' }),
  };
}
