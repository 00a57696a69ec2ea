import type { SqliteConnection } from '../../sqlite/connection.js';
import { LRUCache } from 'lru-cache';
import { recordHash } from '../../audit/leaf.js';
import { recordOf, trailOf } from '../../audit/record.js';
import type { Intake, Projection } from '../projection.js';
import { OpenTree, type Tile } from './open-tree.js';
import type { TilePlace } from './tiles.js';

const SCHEMA = `
  CREATE TABLE audit_trees_1 (
    tree INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    grown_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX audit_trees_1_by_growth ON audit_trees_1 (grown_at);
  CREATE TABLE audit_tiles_1 (
    tree INTEGER NOT NULL,
    tile_row INTEGER NOT NULL,
    tile INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    places BLOB,
    PRIMARY KEY (tree, tile_row, tile)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit_tree_log_1 (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    last_event INTEGER NOT NULL
  ) STRICT;
`;

const TREES_KEPT = 2_000;

/** Reads and writes trees. */
function openRows(database: SqliteConnection) {
  const find = database.prepare<[string], { readonly tree: number; readonly size: number }>(
    'SELECT tree, size FROM audit_trees_1 WHERE account_id = ?',
  );
  const add = database.prepare<[string]>('INSERT INTO audit_trees_1 (account_id, size, grown_at) VALUES (?, 0, 0)');
  const grow = database.prepare<[number, bigint, number]>(
    'UPDATE audit_trees_1 SET size = ?, grown_at = ? WHERE tree = ?',
  );
  const getTile = database.prepare<[number, number, number], Pick<Tile, 'hashes' | 'places'>>(
    'SELECT hashes, places FROM audit_tiles_1 WHERE tree = ? AND tile_row = ? AND tile = ?',
  );
  const putTile = database.prepare<[number, number, number, Uint8Array, Uint8Array | null]>(
    'INSERT OR REPLACE INTO audit_tiles_1 (tree, tile_row, tile, hashes, places) VALUES (?, ?, ?, ?, ?)',
  );

  function tileOf(tree: number, place: TilePlace): Tile {
    const found = getTile.get(tree, place.row, place.index);
    if (found === undefined) throw new Error(`tree ${tree} lacks the tile ${place.index} of row ${place.row}`);
    return { ...place, ...found };
  }

  return {
    load(accountId: string): OpenTree {
      const { tree, size } = find.get(accountId) ?? { tree: Number(add.run(accountId).lastInsertRowid), size: 0 };
      return new OpenTree(tree, size, (place) => tileOf(tree, place));
    },
    save(tree: OpenTree, grownAt: bigint): void {
      for (const { row, index, hashes, places } of tree.takeChanged())
        putTile.run(tree.tree, row, index, hashes, places);
      grow.run(tree.size(), grownAt, tree.tree);
    },
  };
}

/** The position of the last event that was seen, of whatever trail: the next one is read from there. */
function openLastEvent(database: SqliteConnection) {
  const get = database.prepareValues<[], bigint>('SELECT last_event FROM audit_tree_log_1', { bigints: true });
  const set = database.prepare<[bigint]>('INSERT OR REPLACE INTO audit_tree_log_1 (only, last_event) VALUES (1, ?)');
  let last: bigint | null = null;
  return {
    get: () => (last ??= get.get() ?? 0n),
    move: (to: bigint) => (last = to),
    write: () => last !== null && set.run(last),
    forget: () => (last = null),
  };
}

function open(database: SqliteConnection): Intake {
  const rows = openRows(database);
  const lastEvent = openLastEvent(database);
  const known = new LRUCache<string, OpenTree>({ max: TREES_KEPT });
  /** What this batch has added to, with the position of the last record of each. */
  const grown = new Map<string, { readonly tree: OpenTree; grownAt: bigint }>();

  function treeOf(accountId: string): OpenTree {
    const tree = grown.get(accountId)?.tree ?? known.get(accountId) ?? rows.load(accountId);
    known.set(accountId, tree);
    return tree;
  }

  return {
    take({ stored }): undefined {
      const { position } = stored;
      const before = lastEvent.get();
      lastEvent.move(position);
      const accountId = trailOf(stored);
      if (accountId === null) return;
      const tree = treeOf(accountId);
      tree.append(recordHash(recordOf(stored, tree.size())), { before, position });
      grown.set(accountId, { tree, grownAt: position });
    },
    write(): undefined {
      for (const { tree, grownAt } of grown.values()) rows.save(tree, grownAt);
      grown.clear();
      lastEvent.write();
    },
    forget(): undefined {
      grown.clear();
      known.clear();
      lastEvent.forget();
    },
  };
}

/**
 * The Merkle tree over the records of each account, and where in the log each record stands. Leaves are of events exactly as
 * they are stored, so a tree is the same on every node, in every copy of the log and after every rebuild.
 */
export const auditTreeProjection: Projection = {
  name: 'audit-tree',
  version: 1,
  tables: ['audit_trees_1', 'audit_tiles_1', 'audit_tree_log_1'],
  schema: SCHEMA,
  open,
};
