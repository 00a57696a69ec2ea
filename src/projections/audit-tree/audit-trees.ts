import type { SqliteConnection } from '../../sqlite/connection.js';
import { HASH_BYTES } from '../../audit/merkle/hashing.js';
import type { KnownNodes } from '../../audit/merkle/tree.js';
import { readPlaces, type RecordPlace } from './places.js';
import { hashOfNodes, nodesUnder, TILE_NODES } from './tiles.js';

/** A tree that has grown. */
export interface GrownTree {
  readonly accountId: string;
  readonly size: number;
  /** The position of its last record in the log. */
  readonly grownAt: bigint;
}

/** Reads the Merkle trees of the trails. */
export interface AuditTrees {
  /** How many records an account's trail has; 0 where nothing has happened in it. */
  sizeOf(accountId: string): number;
  /** The nodes of an account's tree, read when they are asked for; it may grow meanwhile. */
  nodesOf(accountId: string): KnownNodes;
  /** Where records stand in the log, from a `seq` on; as many as there are, up to a limit. */
  places(accountId: string, from: number, limit: number): readonly RecordPlace[];
  /** The accounts that have a trail, in the order of their ids, after one of them or from the first. */
  accounts(after: string | null, limit: number): readonly string[];
  /** The trees that have grown since a position of the log, the one that grew the longest ago first. */
  grownSince(position: bigint, limit: number): readonly GrownTree[];
}

const FULL_TILE_BYTES = TILE_NODES * HASH_BYTES;

type GetTile = (row: number, index: number) => Uint8Array | undefined;

/** Full tiles never change, so they are kept for as long as one is at it: the hashes of a proof stand in a few of them. */
function remembering(get: GetTile): GetTile {
  const full = new Map<string, Uint8Array>();
  return (row, index) => {
    const key = `${row} ${index}`;
    const tile = full.get(key) ?? get(row, index);
    if (tile?.length === FULL_TILE_BYTES) full.set(key, tile);
    return tile;
  };
}

function nodesIn(get: GetTile): KnownNodes {
  return {
    get(level, index) {
      const { first, count, ...tile } = nodesUnder(level, index);
      const nodes = get(tile.row, tile.index)?.subarray(first * HASH_BYTES, (first + count) * HASH_BYTES);
      return nodes?.length === count * HASH_BYTES ? hashOfNodes(nodes) : undefined;
    },
  };
}

function openPlaces(database: SqliteConnection) {
  const select = database.prepare<[number, number, number], { readonly tile: number; readonly places: Uint8Array }>(
    'SELECT tile, places FROM audit_tiles_1 WHERE tree = ? AND tile_row = 0 AND tile >= ? ORDER BY tile LIMIT ?',
  );
  return (tree: number, from: number, limit: number): readonly RecordPlace[] => {
    const [first, last] = [from, from + limit - 1].map((seq) => Math.floor(seq / TILE_NODES));
    const tiles = select.all(tree, first ?? 0, (last ?? 0) - (first ?? 0) + 1);
    return tiles
      .flatMap(({ tile, places }) => readPlaces(places, tile * TILE_NODES))
      .filter(({ seq }) => seq >= from && seq < from + limit);
  };
}

/** Prepares the queries of the trees on the read models' file. */
export function createAuditTrees(database: SqliteConnection): AuditTrees {
  const find = database.prepare<[string], { readonly tree: number; readonly size: number }>(
    'SELECT tree, size FROM audit_trees_1 WHERE account_id = ?',
  );
  const hashes = database.prepareValues<[number, number, number], Uint8Array>(
    'SELECT hashes FROM audit_tiles_1 WHERE tree = ? AND tile_row = ? AND tile = ?',
  );
  const accounts = database.prepareValues<[string, number], string>(
    'SELECT account_id FROM audit_trees_1 WHERE account_id > ? ORDER BY account_id LIMIT ?',
  );
  const grown = database.prepare<
    [bigint, number],
    { readonly accountId: string; readonly size: bigint; readonly grownAt: bigint }
  >(
    'SELECT account_id AS accountId, size, grown_at AS grownAt FROM audit_trees_1 WHERE grown_at > ? ORDER BY grown_at LIMIT ?',
    { bigints: true },
  );
  const placesOf = openPlaces(database);
  /** The number of an account's tree; 0, which none has, where there is none yet. */
  const treeOf = (accountId: string): number => find.get(accountId)?.tree ?? 0;

  return {
    sizeOf: (accountId) => find.get(accountId)?.size ?? 0,
    nodesOf(accountId) {
      const tree = treeOf(accountId);
      return nodesIn(remembering((row, index) => hashes.get(tree, row, index)));
    },
    places: (accountId, from, limit) => (limit < 1 ? [] : placesOf(treeOf(accountId), from, limit)),
    accounts: (after, limit) => accounts.all(after ?? '', limit),
    grownSince: (position, limit) => grown.all(position, limit).map((tree) => ({ ...tree, size: Number(tree.size) })),
  };
}
