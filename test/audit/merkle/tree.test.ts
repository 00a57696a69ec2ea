import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY_FRONTIER, foldSubtrees, frontierLength, growTree } from '../../../src/audit/merkle/frontier.js';
import { leafHash, nodeHash } from '../../../src/audit/merkle/hashing.js';
import { verifyConsistency, verifyInclusion } from '../../../src/audit/merkle/proofs.js';
import {
  appendLeaves,
  consistencyProof,
  frontierAt,
  inclusionProof,
  rootAt,
  type TreeNodes,
} from '../../../src/audit/merkle/tree.js';
import { definitionsOver, hashes, hex, leaves, nodesInMemory, treeOf, type CountedNodes } from './given.js';

const LARGEST = 130;
const all = leaves(LARGEST);
const sizes = Array.from({ length: LARGEST + 1 }, (_, size) => size);

/** All that is kept of a tree. */
const textOf = ({ kept }: CountedNodes): string =>
  [...kept]
    .map(([key, hash]) => `${key} ${hex(hash)}`)
    .sort()
    .join();

/** A tree of any number of equal leaves, which computes its nodes when they are asked for. */
function equalLeaves(): TreeNodes {
  const levels = [leafHash('equal')];
  const at = (level: number): Uint8Array => {
    const below = levels[level] ?? (level === 0 ? leafHash('equal') : nodeHash(at(level - 1), at(level - 1)));
    levels[level] = below;
    return below;
  };
  return { get: (level) => at(level), put: () => undefined };
}

describe('A tree', () => {
  const nodes = treeOf(LARGEST);

  const definitions = definitionsOver(all);

  it('has the root of its definition at every size that it ever had', () => {
    for (const size of sizes) expect(hex(rootAt(nodes, size))).toBe(hex(definitions.root(size)));
  });

  it('proves each leaf at every size as the definition does', () => {
    for (const size of sizes) {
      const indices = sizes.slice(0, size);
      const expected = indices.map((index) => hashes(definitions.path(index, size)));
      expect(indices.map((index) => hashes(inclusionProof(nodes, index, size)))).toEqual(expected);
    }
  });

  it('proves each size to be the beginning of each later one as the definition does', () => {
    for (const second of sizes) {
      const firsts = sizes.slice(1, second + 1);
      const expected = firsts.map((first) => hashes(definitions.proof(first, second)));
      expect(firsts.map((first) => hashes(consistencyProof(nodes, first, second)))).toEqual(expected);
    }
  });

  it('needs no proof that it began empty', () => {
    expect(consistencyProof(nodes, 0, 7)).toEqual([]);
  });

  it('is the same however its leaves were added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 8 }), (batches) => {
        const grown = nodesInMemory();
        const size = batches.reduce((before, count) => {
          const after = appendLeaves(grown, before, leaves(before + count).slice(before));
          expect(after).toBe(before + count);
          return after;
        }, 0);
        expect(textOf(grown)).toBe(textOf(treeOf(size)));
      }),
    );
  });

  it('keeps its perfect subtrees only, fewer than two for each leaf', () => {
    for (const size of sizes.slice(1)) {
      // One for each leaf, and one less than that for each perfect subtree at the edge.
      expect(treeOf(size).kept.size).toBe(2 * size - frontierLength(size));
    }
  });

  it('is read at its edge only when leaves are added, once for however many', () => {
    const grown = treeOf(127);
    appendLeaves(grown, 127, leaves(1_000));
    expect(grown.reads).toBe(7);
  });

  it.each([
    ['a root', () => rootAt(nodes, LARGEST + 126)],
    ['leaves', () => appendLeaves(nodes, LARGEST + 1, leaves(1))],
    ['a proof', () => inclusionProof(nodes, 0, LARGEST + 126)],
  ])('says what is missing when %s is asked of a size that it never had', (_, ask) => {
    expect(ask).toThrow(expect.objectContaining({ code: 'MISSING_NODE' }));
  });

  it.each([
    ['no leaf beyond its size', () => inclusionProof(nodes, 7, 7)],
    ['no leaf before the first', () => inclusionProof(nodes, -1, 7)],
    ['no half leaves', () => inclusionProof(nodes, 0.5, 7)],
    ['no size that shrinks', () => consistencyProof(nodes, 8, 7)],
    ['no negative size', () => rootAt(nodes, -1)],
    ['no size that is no number', () => frontierAt(nodes, Number.NaN)],
  ])('has %s', (_, ask) => {
    expect(ask).toThrow(RangeError);
  });
});

describe('A tree of very many leaves', () => {
  const nodes = equalLeaves();
  const large = fc.integer({ min: 1, max: 2 ** 50 });

  it('is read in steps that grow with the logarithm of its size', () => {
    fc.assert(
      fc.property(large, fc.nat({ max: 2 ** 30 }), (size, at) => {
        let reads = 0;
        const counted: TreeNodes = { ...nodes, get: (level, index) => ((reads += 1), nodes.get(level, index)) };
        inclusionProof(counted, at % size, size);
        consistencyProof(counted, (at % size) + 1, size);
        rootAt(counted, size);
        expect(reads).toBeLessThanOrEqual(6 * Math.ceil(Math.log2(size) + 1));
      }),
    );
  });

  it('proves its leaves and its beginnings beyond 32 bits', () => {
    fc.assert(
      fc.property(large, large, fc.nat({ max: 2 ** 50 }), (one, other, at) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const older = { size: first, root: rootAt(nodes, first) };
        const newer = { size: second, root: rootAt(nodes, second) };
        const index = at % second;
        expect(verifyInclusion(leafHash('equal'), index, newer, inclusionProof(nodes, index, second))).toBe(true);
        expect(verifyConsistency(older, newer, consistencyProof(nodes, first, second))).toBe(true);
      }),
    );
  });
});

describe('The frontier of a tree', () => {
  const nodes = treeOf(LARGEST);

  it('has one hash for each one in the binary form of the size', () => {
    for (const size of sizes) {
      const ones = size.toString(2).replaceAll('0', '').length;
      expect(frontierAt(nodes, size).hashes).toHaveLength(ones);
      expect(frontierLength(size)).toBe(ones);
    }
  });

  it('is enough to go on from, at every size', () => {
    for (const size of sizes) {
      const tree = growTree(frontierAt(nodes, size));
      for (const leaf of all.slice(size)) tree.append(leaf);
      expect(tree.size()).toBe(LARGEST);
      expect(hex(tree.root())).toBe(hex(rootAt(nodes, LARGEST)));
      expect(tree.frontier()).toEqual(frontierAt(nodes, LARGEST));
    }
  });

  it('is left as it was by a tree that goes on from it', () => {
    const frontier = frontierAt(nodes, 3);
    growTree(frontier).append(leafHash('more'));
    expect(frontier).toEqual(frontierAt(nodes, 3));
    expect(EMPTY_FRONTIER).toEqual({ size: 0, hashes: [] });
  });

  it('has the root of the tree when it is folded', () => {
    for (const size of sizes) expect(foldSubtrees(frontierAt(nodes, size).hashes)).toEqual(rootAt(nodes, size));
  });
});
