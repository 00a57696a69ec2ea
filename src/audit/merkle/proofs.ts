import { EMPTY_ROOT, HASH_BYTES, nodeHash, sameHash } from './hashing.js';
import { isCount } from './subtrees.js';

/** The root of a tree of some size. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

const isHash = (value: Uint8Array): boolean => value.length === HASH_BYTES;

const isHead = ({ size, root }: TreeHead): boolean => isCount(size) && isHash(root);

/**
 * The way from a leaf up to the root. At each level it knows the place of what was reached, and that of the tree's last
 * leaf; above the top both are 0. RFC 9162 calls them fn and sn.
 */
interface Climb {
  place: number;
  last: number;
}

function rise(climb: Climb): void {
  climb.place = Math.floor(climb.place / 2);
  climb.last = Math.floor(climb.last / 2);
}

function isRight(place: number): boolean {
  return place % 2 === 1;
}

/** Where the next hash of a proof stands: to the left of what was reached, or to the right of it; null above the root. */
function nextSide(climb: Climb): 'left' | 'right' | null {
  if (climb.last === 0) return null;
  const side = isRight(climb.place) || climb.place === climb.last ? 'left' : 'right';
  // At the right edge a subtree may be smaller than its neighbour: it rises alone until it has one on its left.
  if (side === 'left') while (!isRight(climb.place) && climb.place !== 0) rise(climb);
  rise(climb);
  return side;
}

/** Tells each hash of a proof with its side; answers whether they are as many as the way up has. */
function climbBy(
  proof: readonly Uint8Array[],
  climb: Climb,
  join: (hash: Uint8Array, side: 'left' | 'right') => void,
): boolean {
  for (const hash of proof) {
    const side = nextSide(climb);
    if (side === null) return false;
    join(hash, side);
  }
  return climb.last === 0;
}

/** Verifies that a leaf, given by its hash, stands at an index of a tree (RFC 9162 section 2.1.3.2). Never throws. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  head: TreeHead,
  proof: readonly Uint8Array[],
): boolean {
  if (!isHead(head) || !isCount(index) || index >= head.size || ![leaf, ...proof].every(isHash)) return false;
  let reached = leaf;
  const isComplete = climbBy(proof, { place: index, last: head.size - 1 }, (hash, side) => {
    reached = side === 'left' ? nodeHash(hash, reached) : nodeHash(reached, hash);
  });
  return isComplete && sameHash(reached, head.root);
}

/** Whether a proof gives both roots, of trees that are not empty and differ in size. */
function leadsToBoth(first: TreeHead, second: TreeHead, proof: readonly Uint8Array[]): boolean {
  const climb = { place: first.size - 1, last: second.size - 1 };
  while (isRight(climb.place)) rise(climb);
  // An older tree that is perfect is itself the first hash, and left out of the proof.
  const [start, ...rest] = climb.place === 0 ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  const reached = { first: start, second: start };
  const isComplete = climbBy(rest, climb, (hash, side) => {
    if (side === 'left') reached.first = nodeHash(hash, reached.first);
    reached.second = side === 'left' ? nodeHash(hash, reached.second) : nodeHash(reached.second, hash);
  });
  return isComplete && sameHash(reached.first, first.root) && sameHash(reached.second, second.root);
}

/**
 * Verifies that a tree begins with all leaves of another, unchanged and in order (RFC 9162 section 2.1.4.2). The tree
 * without leaves is the beginning of each, by an empty proof. Never throws. Sizes are believed: it is the signature of a
 * checkpoint that ties a root to its size.
 */
export function verifyConsistency(first: TreeHead, second: TreeHead, proof: readonly Uint8Array[]): boolean {
  const isWellFormed = [first, second].every(isHead) && proof.every(isHash);
  if (!isWellFormed) return false;
  if (first.size === 0) return proof.length === 0 && sameHash(first.root, EMPTY_ROOT);
  if (first.size === second.size) return proof.length === 0 && sameHash(first.root, second.root);
  return first.size < second.size && leadsToBoth(first, second, proof);
}
