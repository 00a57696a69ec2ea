import { createHash } from 'node:crypto';
import { leafHash } from '../../../src/audit/merkle/hashing.js';
import { appendLeaves, type TreeNodes } from '../../../src/audit/merkle/tree.js';

/** Nodes in memory, which say what was read and put. */
export interface CountedNodes extends TreeNodes {
  readonly kept: ReadonlyMap<string, Uint8Array>;
  reads: number;
}

/** A store in memory; what is put twice is an error. */
export function nodesInMemory(): CountedNodes {
  const kept = new Map<string, Uint8Array>();
  const nodes: CountedNodes = {
    kept,
    reads: 0,
    get(level, index) {
      nodes.reads += 1;
      return kept.get(`${level}/${index}`);
    },
    put(level, index, hash) {
      const key = `${level}/${index}`;
      if (kept.has(key)) throw new Error(`node ${key} is put twice`);
      kept.set(key, hash);
    },
  };
  return nodes;
}

export const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

export const hashes = (proof: readonly Uint8Array[]): readonly string[] => proof.map(hex);

/** Different data for each leaf. */
export const dataOf = (index: number): Buffer => Buffer.from(`leaf ${index}`);

/** The hashes of so many leaves. */
export const leaves = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => leafHash(dataOf(i)));

/** A tree of so many leaves. */
export function treeOf(count: number): CountedNodes {
  const nodes = nodesInMemory();
  appendLeaves(nodes, 0, leaves(count));
  nodes.reads = 0;
  return nodes;
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const splitOf = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

/**
 * The definitions of RFC 9162 section 2.1, word for word, over leaf hashes: D[a:b] is cut in two and both halves are hashed
 * anew. Only roots of parts are remembered, so that all sizes and pairs can be compared.
 */
export function definitionsOver(list: readonly Uint8Array[]) {
  const known = new Map<string, Uint8Array>();

  /** MTH(D[a:b]) of section 2.1.1. */
  function root(a: number, b: number): Uint8Array {
    const key = `${a}:${b}`;
    const hash = known.get(key) ?? computeRoot(a, b);
    known.set(key, hash);
    return hash;
  }

  function computeRoot(a: number, b: number): Uint8Array {
    if (b - a === 0) return sha256();
    if (b - a === 1) return list[a] ?? sha256();
    const k = splitOf(b - a);
    return sha256(Buffer.of(1), root(a, a + k), root(a + k, b));
  }

  /** PATH(m, D[a:b]) of section 2.1.3.1. */
  function path(m: number, a: number, b: number): Uint8Array[] {
    if (b - a === 1) return [];
    const k = splitOf(b - a);
    return m < k ? [...path(m, a, a + k), root(a + k, b)] : [...path(m - k, a + k, b), root(a, a + k)];
  }

  /** SUBPROOF(m, D[a:b], isWhole) of section 2.1.4.1. */
  function subproof(m: number, [a, b]: readonly [number, number], isWhole: boolean): Uint8Array[] {
    if (m === b - a) return isWhole ? [] : [root(a, b)];
    const k = splitOf(b - a);
    return m <= k
      ? [...subproof(m, [a, a + k], isWhole), root(a + k, b)]
      : [...subproof(m - k, [a + k, b], false), root(a, a + k)];
  }

  return {
    root: (size: number) => root(0, size),
    path: (index: number, size: number) => path(index, 0, size),
    proof: (first: number, second: number) => subproof(first, [0, second], true),
  };
}
