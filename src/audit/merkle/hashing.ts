import { hash } from 'node:crypto';

/** Bytes in a hash. */
export const HASH_BYTES = 32;

// RFC 9162 section 2.1.1: different prefixes, so that no node can pass for a leaf, nor a leaf for a node.
const LEAF_PREFIX = '\u0000';
const NODE_PREFIX = 0x01;

// All in one call: an object for each hash costs as much as hashing, and as much again when it is collected.
const sha256 = (data: Uint8Array | string): Uint8Array => hash('sha256', data, 'buffer');

/** The root of a tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = sha256('');

/** The hash of a leaf: SHA-256(0x00 ‖ data). */
export function leafHash(data: Uint8Array | string): Uint8Array {
  return sha256(typeof data === 'string' ? LEAF_PREFIX + data : Buffer.concat([Buffer.from(LEAF_PREFIX), data]));
}

/** The hash of what stands above two hashes: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const data = new Uint8Array(1 + left.length + right.length);
  data[0] = NODE_PREFIX;
  data.set(left, 1);
  data.set(right, 1 + left.length);
  return sha256(data);
}

/** Whether two hashes are the same. */
export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
