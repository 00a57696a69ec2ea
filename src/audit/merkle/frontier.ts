import { EMPTY_ROOT, nodeHash } from './hashing.js';
import { perfectSubtrees } from './subtrees.js';

/** What has to be known of a tree so that it can grow: the hashes of its perfect subtrees, the largest first. */
export interface Frontier {
  readonly size: number;
  /** As many as the size has ones in binary. */
  readonly hashes: readonly Uint8Array[];
}

/** The frontier of a tree without leaves. */
export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** How many hashes the frontier of a tree of some size has. */
export function frontierLength(size: number): number {
  return perfectSubtrees(0, size).length;
}

/** The hash over subtrees that stand side by side, the largest first; the empty root over none. */
export function foldSubtrees(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return EMPTY_ROOT;
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** A perfect subtree with its hash. */
export type OnNode = (level: number, index: number, hash: Uint8Array) => void;

/** A tree that grows in constant memory. */
export interface GrowingTree {
  /** Adds a leaf, by its hash, on the right. */
  append(leaf: Uint8Array): void;
  size(): number;
  root(): Uint8Array;
  frontier(): Frontier;
}

/**
 * A tree that goes on from a frontier. Each perfect subtree that a leaf completes is told at once, the leaf itself first;
 * all of them together are told once, about two for each leaf.
 */
export function growTree({ size, hashes }: Frontier, onNode: OnNode = () => undefined): GrowingTree {
  const frontier = [...hashes];
  let leaves = size;

  return {
    append(leaf) {
      let hash = leaf;
      let index = leaves;
      onNode(0, index, hash);
      // A subtree that stands to the right of one of its size completes the one above both.
      for (let level = 1; index % 2 === 1; level += 1) {
        hash = nodeHash(frontier.pop() ?? EMPTY_ROOT, hash);
        index = (index - 1) / 2;
        onNode(level, index, hash);
      }
      frontier.push(hash);
      leaves += 1;
    },
    size: () => leaves,
    root: () => foldSubtrees(frontier),
    frontier: () => ({ size: leaves, hashes: [...frontier] }),
  };
}
