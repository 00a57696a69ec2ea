import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY_ROOT, leafHash } from '../../../src/audit/merkle/hashing.js';
import { verifyConsistency, verifyInclusion, type TreeHead } from '../../../src/audit/merkle/proofs.js';
import { appendLeaves, consistencyProof, inclusionProof, rootAt } from '../../../src/audit/merkle/tree.js';
import { leaves, nodesInMemory, treeOf } from './given.js';

const LARGEST = 130;
const nodes = treeOf(LARGEST);
const all = leaves(LARGEST);
const heads: readonly TreeHead[] = Array.from({ length: LARGEST + 1 }, (_, size) => ({
  size,
  root: rootAt(nodes, size),
}));
const head = (size: number): TreeHead => heads[size] ?? { size, root: EMPTY_ROOT };
const leaf = (index: number): Uint8Array => all[index] ?? EMPTY_ROOT;

function withBitFlipped(hash: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(hash);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

/** Every way to change one bit of one hash in a proof. */
function* withBitsFlipped(proof: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  for (const [at, hash] of proof.entries()) {
    for (let bit = 0; bit < 256; bit += 1) yield proof.with(at, withBitFlipped(hash, bit));
  }
}

const stranger = leafHash('of another tree');

/** A proof with a hash more, a hash less, two exchanged, or one of another length. */
function* reshaped(proof: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  for (let at = 0; at <= proof.length; at += 1) yield proof.toSpliced(at, 0, stranger);
  yield [...proof, new Uint8Array()];
  for (const [at, hash] of proof.entries()) {
    yield proof.toSpliced(at, 1);
    yield proof.toSpliced(at, 0, hash);
    yield proof.with(at, hash.subarray(1));
    const next = proof[at + 1];
    if (next !== undefined) yield proof.with(at, next).with(at + 1, hash);
  }
}

const SMALL = 20;
const smallPairs = Array.from({ length: SMALL }, (_, i) => i + 1).flatMap((size) =>
  Array.from({ length: size }, (_, index) => [index, size] as const),
);

describe('An inclusion proof', () => {
  it('is accepted for each leaf at every size', () => {
    for (let size = 1; size <= LARGEST; size += 1) {
      const indices = Array.from({ length: size }, (_, index) => index);
      const accepted = indices.filter((index) =>
        verifyInclusion(leaf(index), index, head(size), inclusionProof(nodes, index, size)),
      );
      expect(accepted).toEqual(indices);
    }
  });

  it('is refused with any bit of it changed', () => {
    for (const [index, size] of [
      [0, 2],
      [5, 8],
      [6, 7],
      [129, 130],
      [63, 65],
    ] as const) {
      const forged = [...withBitsFlipped(inclusionProof(nodes, index, size))];
      expect(forged.filter((proof) => verifyInclusion(leaf(index), index, head(size), proof))).toEqual([]);
    }
  });

  it('is refused with a hash more or less, exchanged or cut', () => {
    for (const [index, size] of smallPairs) {
      for (const proof of reshaped(inclusionProof(nodes, index, size))) {
        expect(verifyInclusion(leaf(index), index, head(size), proof)).toBe(false);
      }
    }
  });

  it('is refused for another leaf, at another index, or for another root', () => {
    for (const [index, size] of smallPairs) {
      const proof = inclusionProof(nodes, index, size);
      expect(verifyInclusion(stranger, index, head(size), proof)).toBe(false);
      expect(verifyInclusion(leaf(index), index, { size, root: stranger }, proof)).toBe(false);
      for (let other = -1; other <= SMALL + 1; other += 1) {
        if (other !== index) expect(verifyInclusion(leaf(index), other, head(size), proof)).toBe(false);
      }
    }
  });

  it('is refused under the root of every other size', () => {
    for (const [index, size] of smallPairs) {
      const proof = inclusionProof(nodes, index, size);
      const others = heads.filter((other) => other.size !== size);
      expect(others.filter((other) => verifyInclusion(leaf(index), index, other, proof))).toEqual([]);
    }
  });

  it('is refused, not thrown at, for numbers and bytes that are none of a tree', () => {
    const proof = inclusionProof(nodes, 0, 1);
    for (const index of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(verifyInclusion(leaf(0), index, head(1), proof)).toBe(false);
      expect(verifyInclusion(leaf(0), 0, { ...head(1), size: index }, proof)).toBe(false);
    }
    expect(verifyInclusion(new Uint8Array(), 0, { size: 1, root: new Uint8Array() }, proof)).toBe(false);
  });

  it('of a leaf passes for no node, nor one of a node for a leaf', () => {
    const [left, right] = [leaf(0), leaf(1)];
    // Were leaves hashed as nodes are, the node over both would pass for a leaf with this data.
    expect(leafHash(Buffer.concat([left, right]))).not.toEqual(head(2).root);
  });
});

describe('A consistency proof', () => {
  it('is accepted from every size to every later one', () => {
    for (let second = 0; second <= LARGEST; second += 1) {
      const firsts = Array.from({ length: second + 1 }, (_, first) => first);
      const accepted = firsts.filter((first) =>
        verifyConsistency(head(first), head(second), consistencyProof(nodes, first, second)),
      );
      expect(accepted).toEqual(firsts);
    }
  });

  it('is refused with any bit of it changed', () => {
    for (const [first, second] of [
      [1, 2],
      [3, 7],
      [4, 8],
      [6, 8],
      [64, 65],
      [127, 130],
    ] as const) {
      const forged = [...withBitsFlipped(consistencyProof(nodes, first, second))];
      expect(forged.filter((proof) => verifyConsistency(head(first), head(second), proof))).toEqual([]);
    }
  });

  it('is refused with a hash more or less, exchanged or cut', () => {
    for (const [first, second] of smallPairs) {
      for (const proof of reshaped(consistencyProof(nodes, first, second))) {
        expect(verifyConsistency(head(first), head(second), proof)).toBe(false);
      }
    }
  });

  it('is refused with any bit of a root changed', () => {
    const proof = consistencyProof(nodes, 6, 11);
    for (let bit = 0; bit < 256; bit += 1) {
      const [older, newer] = [head(6), head(11)];
      expect(verifyConsistency({ ...older, root: withBitFlipped(older.root, bit) }, newer, proof)).toBe(false);
      expect(verifyConsistency(older, { ...newer, root: withBitFlipped(newer.root, bit) }, proof)).toBe(false);
    }
  });

  it('is refused between the roots of all other sizes', () => {
    for (const [first, second] of smallPairs.filter(([older, newer]) => older > 0 && older < newer)) {
      const proof = consistencyProof(nodes, first, second);
      for (let other = 0; other <= SMALL; other += 1) {
        if (other !== first) {
          expect(verifyConsistency(head(other), head(second), proof)).toBe(false);
        }
        if (other !== second) {
          expect(verifyConsistency(head(first), head(other), proof)).toBe(false);
        }
      }
    }
  });

  it('does not exist for a tree whose beginning was changed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.nat(), (first, more, at) => {
        const second = first + more;
        const changed = leaves(second).with(at % first, stranger);
        const forged = nodesInMemory();
        appendLeaves(forged, 0, changed);
        const newer = { size: second, root: rootAt(forged, second) };
        expect(verifyConsistency(head(first), newer, consistencyProof(forged, first, second))).toBe(false);
        expect(verifyConsistency(head(first), newer, consistencyProof(nodes, first, second))).toBe(false);
      }),
    );
  });

  it('from the empty tree is empty, and needs the empty root', () => {
    expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, head(5), [])).toBe(true);
    expect(verifyConsistency({ size: 0, root: stranger }, head(5), [])).toBe(false);
    expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, head(5), [stranger])).toBe(false);
  });

  it('between trees of one size is empty, and needs one root', () => {
    expect(verifyConsistency(head(5), head(5), [])).toBe(true);
    expect(verifyConsistency(head(5), { size: 5, root: stranger }, [])).toBe(false);
    expect(verifyConsistency(head(5), head(5), [stranger])).toBe(false);
  });

  it('is refused, not thrown at, for numbers and bytes that are none of a tree', () => {
    for (const size of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      expect(verifyConsistency({ ...head(3), size }, head(7), consistencyProof(nodes, 3, 7))).toBe(false);
      expect(verifyConsistency(head(3), { ...head(7), size }, consistencyProof(nodes, 3, 7))).toBe(false);
    }
    expect(verifyConsistency({ size: 3, root: new Uint8Array() }, { size: 3, root: new Uint8Array() }, [])).toBe(false);
  });
});
