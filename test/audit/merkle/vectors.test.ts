import { describe, expect, it } from '@jest/globals';
import { EMPTY_ROOT, leafHash } from '../../../src/audit/merkle/hashing.js';
import { verifyConsistency, verifyInclusion } from '../../../src/audit/merkle/proofs.js';
import { appendLeaves, consistencyProof, inclusionProof, rootAt } from '../../../src/audit/merkle/tree.js';
import { hashes, hex, nodesInMemory } from './given.js';

/*
 * The vectors of Certificate Transparency, as github.com/transparency-dev/merkle publishes them (Apache-2.0):
 * testonly/constants.go at 582a6ad (leaves, nodes, roots) and proof/verify_test.go at 02194e9 (proofs).
 */

const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
] as const;

const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
] as const;

const NODES = {
  '0/0': '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '0/1': '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '0/2': '0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7',
  '0/3': '07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7',
  '0/4': 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  '0/5': '4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658',
  '0/6': 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
  '0/7': '46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1',
  '1/0': 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  '1/1': '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  '1/2': '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  '1/3': 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  '2/0': 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '2/1': '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  '3/0': '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
} as const;

/** Leaf index and tree size; upstream counts leaves from 1. */
const INCLUSION: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 1, []],
  [0, 8, [NODES['0/1'], NODES['1/1'], NODES['2/1']]],
  [5, 8, [NODES['0/4'], NODES['1/3'], NODES['2/0']]],
  [2, 3, [NODES['1/0']]],
  [1, 5, [NODES['0/0'], NODES['1/1'], NODES['0/4']]],
];

const CONSISTENCY: readonly (readonly [number, number, readonly string[]])[] = [
  [1, 1, []],
  [1, 8, [NODES['0/1'], NODES['1/1'], NODES['2/1']]],
  [6, 8, [NODES['1/2'], NODES['1/3'], NODES['2/0']]],
  [2, 5, [NODES['1/1'], NODES['0/4']]],
  [6, 7, [NODES['1/2'], NODES['0/6'], NODES['2/0']]],
];

const leafHashes = LEAVES.map((data) => leafHash(Buffer.from(data, 'hex')));
const bytes = (text = ''): Buffer => Buffer.from(text, 'hex');

function tree() {
  const nodes = nodesInMemory();
  appendLeaves(nodes, 0, leafHashes);
  return nodes;
}

describe('The test tree of Certificate Transparency', () => {
  it.each([...ROOTS.entries()])('has the published root at size %i', (size, root) => {
    expect(hex(rootAt(tree(), size))).toBe(root);
  });

  it('has the published nodes, and no other is kept', () => {
    const kept = Object.fromEntries([...tree().kept].map(([key, hash]) => [key, hex(hash)]));
    expect(kept).toEqual(NODES);
  });

  it('has a published root without leaves', () => {
    expect(hex(EMPTY_ROOT)).toBe(ROOTS[0]);
  });

  it.each(INCLUSION)('has the published proof of leaf %i at size %i', (index, size, proof) => {
    expect(hashes(inclusionProof(tree(), index, size))).toEqual(proof);
    const leaf = leafHashes[index] ?? EMPTY_ROOT;
    expect(verifyInclusion(leaf, index, { size, root: bytes(ROOTS[size]) }, proof.map(bytes))).toBe(true);
  });

  it.each(CONSISTENCY)('has the published proof that size %i is the beginning of size %i', (first, second, proof) => {
    expect(hashes(consistencyProof(tree(), first, second))).toEqual(proof);
    const heads = [first, second].map((size) => ({ size, root: bytes(ROOTS[size]) })) as [never, never];
    expect(verifyConsistency(...heads, proof.map(bytes))).toBe(true);
  });
});
