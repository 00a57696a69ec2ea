import { createHash } from 'node:crypto';

/** Bytes in a hash. */
export const HASH_BYTES = 32;

// RFC 9162 section 2.1.1: different prefixes, so that no node can pass for a leaf, nor a leaf for a node.
const LEAF_PREFIX = Buffer.of(0x00);
const NODE_PREFIX = Buffer.of(0x01);

/** The root of a tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = createHash('sha256').digest();

/** The hash of a leaf: SHA-256(0x00 ‖ data). */
export function leafHash(data: Uint8Array | string): Uint8Array {
  return createHash('sha256').update(LEAF_PREFIX).update(data).digest();
}

/** The hash of what stands above two hashes: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest();
}

/** Whether two hashes are the same. */
export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
