import { foldSubtrees, growTree, type Frontier } from './frontier.js';
import { isCount, largestPowerBelow, perfectSubtrees } from './subtrees.js';

/**
 * What is known of one tree: its perfect subtrees, which never change once they are complete. The subtree at level l and
 * index i spans the leaves from i × 2^l to before (i + 1) × 2^l; those of level 0 are the leaf hashes. All else of a tree of
 * any size is computed from them.
 */
export interface KnownNodes {
  /** The hash of a perfect subtree; undefined where it is not known. */
  get(level: number, index: number): Uint8Array | undefined;
}

/** Where the nodes of one tree are kept. */
export interface TreeNodes extends KnownNodes {
  /** Keeps the hash of a perfect subtree; each is put once, left to right within its level. */
  put(level: number, index: number, hash: Uint8Array): void;
}

/** Nodes that a tree of this size must have are not kept. */
export class MissingNodeError extends Error {
  readonly code = 'MISSING_NODE';

  constructor(level: number, index: number) {
    super(`the tree has no node ${index} at level ${level}`);
  }
}

function nodeAt(nodes: KnownNodes, level: number, index: number): Uint8Array {
  const hash = nodes.get(level, index);
  if (hash === undefined) throw new MissingNodeError(level, index);
  return hash;
}

function subtreesOver(nodes: KnownNodes, start: number, end: number): Uint8Array[] {
  return perfectSubtrees(start, end).map(({ level, index }) => nodeAt(nodes, level, index));
}

/** MTH of RFC 9162 section 2.1.1 over the leaves from `start` to before `end`. */
function hashOver(nodes: KnownNodes, start: number, end: number): Uint8Array {
  return foldSubtrees(subtreesOver(nodes, start, end));
}

function demand(holds: boolean, sentence: string): void {
  if (!holds) throw new RangeError(sentence);
}

/** The hash of a leaf. @throws {MissingNodeError} */
export function leafAt(nodes: KnownNodes, index: number): Uint8Array {
  return nodeAt(nodes, 0, index);
}

/** What has to be known of the tree of a size so that it can grow. @throws {MissingNodeError} */
export function frontierAt(nodes: KnownNodes, size: number): Frontier {
  demand(isCount(size), `${size} is no size of a tree`);
  return { size, hashes: subtreesOver(nodes, 0, size) };
}

/**
 * Adds leaves, by their hashes, to the tree of a size; answers its new size. It reads what lies at the right edge once,
 * then hashes and puts about two nodes for each leaf, and remembers a few dozen hashes however many leaves there are.
 */
export function appendLeaves(nodes: TreeNodes, size: number, leaves: Iterable<Uint8Array>): number {
  const tree = growTree(frontierAt(nodes, size), (level, index, hash) => nodes.put(level, index, hash));
  for (const leaf of leaves) tree.append(leaf);
  return tree.size();
}

/** The root of the tree as it was at a size. O(log n) reads. @throws {MissingNodeError} where it never was so large */
export function rootAt(nodes: KnownNodes, size: number): Uint8Array {
  demand(isCount(size), `${size} is no size of a tree`);
  return hashOver(nodes, 0, size);
}

/** PATH of RFC 9162 section 2.1.3.1, below the subtree over the leaves from `start` to before `end`. */
function pathTo(nodes: KnownNodes, leaf: number, start: number, end: number): Uint8Array[] {
  if (end - start === 1) return [];
  const middle = start + largestPowerBelow(end - start);
  return leaf < middle
    ? [...pathTo(nodes, leaf, start, middle), hashOver(nodes, middle, end)]
    : [...pathTo(nodes, leaf, middle, end), hashOver(nodes, start, middle)];
}

/**
 * The inclusion proof of a leaf in the tree of a size (RFC 9162 section 2.1.3): the hashes that lead from the leaf to the
 * root, lowest first. O(log n) reads.
 * @throws {RangeError} where the tree of that size has no such leaf
 */
export function inclusionProof(nodes: KnownNodes, index: number, size: number): readonly Uint8Array[] {
  demand(isCount(index) && isCount(size) && index < size, `a tree of ${size} leaves has no leaf ${index}`);
  return pathTo(nodes, index, 0, size);
}

/** Leaves from one to before another. */
type Span = readonly [start: number, end: number];

/**
 * SUBPROOF of RFC 9162 section 2.1.4.1, below the subtree over the leaves from `start` to before `end`. `known` says that
 * the older tree as a whole is this subtree, whose hash whoever verifies has.
 */
function oldWithin(nodes: KnownNodes, size: number, [start, end]: Span, known: boolean): Uint8Array[] {
  if (size === end) return known ? [] : [hashOver(nodes, start, end)];
  const middle = start + largestPowerBelow(end - start);
  return size <= middle
    ? [...oldWithin(nodes, size, [start, middle], known), hashOver(nodes, middle, end)]
    : [...oldWithin(nodes, size, [middle, end], false), hashOver(nodes, start, middle)];
}

/**
 * The consistency proof from the tree of one size to that of another (RFC 9162 section 2.1.4): that the second begins with
 * all leaves of the first. Empty where both are the same, or the first has no leaves. O(log n) reads.
 * @throws {RangeError} where the first is larger than the second
 */
export function consistencyProof(nodes: KnownNodes, first: number, second: number): readonly Uint8Array[] {
  demand(isCount(first) && isCount(second) && first <= second, `no tree of ${second} leaves grew from ${first}`);
  return first === 0 ? [] : oldWithin(nodes, first, [0, second], true);
}
