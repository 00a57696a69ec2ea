/** What can be wrong with a trail. */
export const FINDING_CODES = [
  'HASH_MISMATCH',
  'SEQ_GAP',
  'ROOT_MISMATCH',
  'TRUNCATED',
  'COMMITMENT_MISMATCH',
  'BAD_SIGNATURE',
  'ORIGIN_MISMATCH',
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];

/** Where a checkpoint came from: kept by whoever verifies, or handed out with the export; and which of those it is, from 0. */
export interface CheckpointSource {
  readonly from: 'KEPT' | 'EXPORT';
  readonly index: number;
}

/** Something that was not as a trail of nobody's making up would be, as narrowly as it can be told. */
export type Finding =
  /** The record is not the one that its hash is of. */
  | { readonly code: 'HASH_MISMATCH'; readonly seq: number }
  /** At this place stands something else: a later record, one that was there before, or one of another account. */
  | {
      readonly code: 'SEQ_GAP';
      readonly seq: number;
      readonly found: { readonly seq: number; readonly account: string | null };
    }
  /** What is said to be a personal value in this record is not what was recorded. */
  | { readonly code: 'COMMITMENT_MISMATCH'; readonly seq: number }
  /** The records from `from` to before `to`, sizes of two checkpoints (or 0), are not those that the second was signed over. */
  | { readonly code: 'ROOT_MISMATCH'; readonly from: number; readonly to: number }
  /** The records from `from` to before `to`, which a checkpoint counted, are not there. */
  | { readonly code: 'TRUNCATED'; readonly from: number; readonly to: number }
  /** A checkpoint is signed under an origin that no record before it names, though records name another. */
  | {
      readonly code: 'ORIGIN_MISMATCH';
      readonly checkpoint: CheckpointSource;
      readonly origin: string;
      readonly size: number;
    }
  /** A checkpoint, which says it is of this size, has a signature of a known key that is wrong. */
  | {
      readonly code: 'BAD_SIGNATURE';
      readonly checkpoint: CheckpointSource;
      readonly size: number;
      readonly refusal: 'WRONG_SIGNATURE';
    };

/** Why a checkpoint was not used. */
export const UNUSED_REASONS = [
  'MALFORMED',
  'OTHER_ACCOUNT',
  'UNKNOWN_KEY',
  'BEFORE_START',
  'AFTER_GAP',
  'NOT_REACHED',
] as const;

/**
 * `MALFORMED`: it is no checkpoint. `OTHER_ACCOUNT`: its origin names another account. `UNKNOWN_KEY`: no key that was given
 * signed it. `BEFORE_START`: it is smaller than the first `seq` of the export. `AFTER_GAP`: records before it are missing.
 * `NOT_REACHED`: what was read ends before it.
 */
export type UnusedReason = (typeof UNUSED_REASONS)[number];

/** A checkpoint that nothing was compared with: it proves nothing, and says nothing against the trail. */
export interface UnusedCheckpoint {
  readonly checkpoint: CheckpointSource;
  /** What it says of itself; null where it is malformed. */
  readonly origin: string | null;
  readonly size: number | null;
  readonly reason: UnusedReason;
}

/** Why nothing can be said of a trail. Lines count from 1, the header. */
export type Problem =
  | { readonly code: 'EMPTY' | 'MALFORMED_HEADER' | 'UNKNOWN_VERSION' }
  | { readonly code: 'MALFORMED_LINE'; readonly line: number }
  /** What was given as a checkpoint is none. */
  | { readonly code: 'MALFORMED_CHECKPOINT'; readonly checkpoint: CheckpointSource }
  /** No key that was given signed a checkpoint of this account. It may be forged, or the key is missing: only its owner can tell. */
  | {
      readonly code: 'UNKNOWN_KEY';
      readonly checkpoint: CheckpointSource;
      /** The key that it says signed it: `<name>+<id>`. */
      readonly key: string;
    }
  /** No checkpoint is of this account and of a size that the export reaches back to: nothing could be proven. */
  | { readonly code: 'NO_CHECKPOINT' }
  /** No checkpoint that was used, and no record, has the origin that the export says it is of. */
  | { readonly code: 'UNKNOWN_ORIGIN'; readonly origin: string };

/** `unusable` where something stood in the way of an answer and nothing wrong was found before. */
export type Verdict = 'sound' | 'tampered' | 'unusable';

/** Commitments to personal values that nothing was given for: the values were erased, or somebody left them out. */
export interface Unopened {
  readonly count: number;
  /** Of so many commitments. */
  readonly of: number;
}

/**
 * How large the trail was at the largest checkpoint whose root it has, with no changed record before that; null where it has
 * the root of none.
 */
export interface Proven {
  /** Of those that were kept by whoever verifies: this is what the trail is proven against. */
  readonly kept: number | null;
  /** Of those that came with the export: whoever has the key can have made them anew. */
  readonly exported: number | null;
}

/** What a verification came to. */
export interface Verification {
  readonly verdict: Verdict;
  /** How many findings were reported. */
  readonly findings: number;
  readonly problem: Problem | null;
  /** How many lines with a record were read. */
  readonly records: number;
  readonly proven: Proven;
  readonly unopened: Unopened;
}
