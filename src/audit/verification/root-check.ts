import type { ExportHeader } from '../export/header.js';
import { growTree } from '../merkle/frontier.js';
import { sameHash } from '../merkle/hashing.js';
import type { Finding, Proven, UnusedCheckpoint, UnusedReason } from './finding.js';
import { unusedFor, type KnownCheckpoint } from './known-checkpoints.js';

/** Grows the tree of a trail by the hashes of its records, and compares its root at each checkpoint. */
export interface RootCheck {
  /** Takes in the hash of the record whose turn it is. */
  take(hash: Uint8Array): readonly Finding[];
  /** A record whose turn it is was changed: whatever its root, no checkpoint from there on vouches for the trail. */
  distrust(): void;
  /** Goes on behind records that are missing: from there on no root is known. */
  skipTo(seq: number): void;
  /** The `seq` whose turn it is. */
  next(): number;
  /** What is to be said at the beginning, before any record. */
  begin(): readonly Finding[];
  /** What is to be said at the end. */
  end(): readonly Finding[];
  proven(): Proven;
  /** The checkpoints that no root was compared with so far, and why. */
  unused(): readonly UnusedCheckpoint[];
}

type Sizes = { -readonly [K in keyof Proven]: Proven[K] };

/** What roots came to so far. Of a run of wrong ones only the first is told: those after it are wrong because it is. */
function openComparison() {
  const proven: Sizes = { kept: null, exported: null };
  let matched = 0;
  let matchedBefore = 0;
  let isMismatch = false;
  let isTrusted = true;

  function match(size: number): void {
    if (size > matched) [matchedBefore, matched] = [matched, size];
    isMismatch = false;
  }

  return {
    compare(checkpoint: KnownCheckpoint, root: Uint8Array): readonly Finding[] {
      const { size, source } = checkpoint;
      if (sameHash(root, checkpoint.root)) {
        if (isTrusted) proven[source.from === 'KEPT' ? 'kept' : 'exported'] = size;
        match(size);
        return [];
      }
      if (isMismatch) return [];
      isMismatch = true;
      // Two checkpoints of one size may differ: then only what is before both of them is known.
      return [{ code: 'ROOT_MISMATCH', from: matched < size ? matched : matchedBefore, to: size }];
    },
    distrust: () => void (isTrusted = false),
    proven: (): Proven => ({ ...proven }),
  };
}

type Started = Pick<ExportHeader, 'start'>;

function unusedOf(reason: UnusedReason, checkpoints: readonly KnownCheckpoint[]): readonly UnusedCheckpoint[] {
  return checkpoints.map((one) => unusedFor(reason, one.source, one));
}

/** Checks roots from the start of an export on, against checkpoints in the order of their sizes. */
export function openRootCheck({ start }: Started, checkpoints: readonly KnownCheckpoint[]): RootCheck {
  const tree = growTree(start);
  const comparison = openComparison();
  let next = start.size;
  let isWhole = true;
  let due = 0;
  const skipped: KnownCheckpoint[] = [];

  function compareDue(): readonly Finding[] {
    const findings: Finding[] = [];
    for (let one = checkpoints[due]; one !== undefined && one.size <= next; one = checkpoints[due]) {
      if (isWhole) findings.push(...comparison.compare(one, tree.root()));
      else skipped.push(one);
      due += 1;
    }
    return findings;
  }

  return {
    take(hash) {
      tree.append(hash);
      next += 1;
      return compareDue();
    },
    distrust: comparison.distrust,
    skipTo(seq) {
      isWhole = false;
      next = seq;
    },
    next: () => next,
    begin: compareDue,
    end() {
      const largest = checkpoints.at(-1)?.size ?? 0;
      return largest > next ? [{ code: 'TRUNCATED', from: next, to: largest }] : [];
    },
    proven: comparison.proven,
    unused: () => [
      ...unusedOf('AFTER_GAP', skipped),
      ...unusedOf(isWhole ? 'NOT_REACHED' : 'AFTER_GAP', checkpoints.slice(due)),
    ],
  };
}
