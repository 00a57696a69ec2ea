import { HASH_BYTES, nodeHash } from '../../audit/merkle/hashing.js';

// Of the nodes of a tree only those of every fourth level are kept, sixteen side by side in a row of their own: a node for each
// leaf and a tenth more, where all would be two. The levels between are hashed from them, at most seven hashes for a node. A
// row is small enough for SQLite to hold four and more in a page, and to be written again with each leaf of a quiet account.
const LEVELS = 4;

/** How many nodes stand side by side in a tile. */
export const TILE_NODES = 2 ** LEVELS;

/** A tile: nodes of level 4 × `row`, from `index` × 16 on. */
export interface TilePlace {
  readonly row: number;
  readonly index: number;
}

/** Where in a tile the nodes stand that a node is hashed from. */
export interface NodesInTile extends TilePlace {
  readonly first: number;
  readonly count: number;
}

/** Which nodes in which tile a perfect subtree is hashed from. */
export function nodesUnder(level: number, index: number): NodesInTile {
  const row = Math.floor(level / LEVELS);
  const count = 2 ** (level % LEVELS);
  const first = index * count;
  return { row, index: Math.floor(first / TILE_NODES), first: first % TILE_NODES, count };
}

/** How many nodes of a row of tiles a tree of a size has. */
export function nodesInRow(size: number, row: number): number {
  return Math.floor(size / TILE_NODES ** row);
}

/** The hash over nodes that stand side by side: as many as a power of two. */
export function hashOfNodes(nodes: Uint8Array): Uint8Array {
  if (nodes.length === HASH_BYTES) return nodes;
  const middle = nodes.length / 2;
  return nodeHash(hashOfNodes(nodes.subarray(0, middle)), hashOfNodes(nodes.subarray(middle)));
}
