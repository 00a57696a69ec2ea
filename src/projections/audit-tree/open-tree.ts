import { HASH_BYTES } from '../../audit/merkle/hashing.js';
import { PLACE_BYTES, writePlace, type RecordPlace } from './places.js';
import { hashOfNodes, nodesInRow, TILE_NODES, type TilePlace } from './tiles.js';

/** A tile as it is kept. */
export interface Tile extends TilePlace {
  /** One hash after the other: sixteen, or fewer in the last tile of a row. */
  readonly hashes: Uint8Array;
  /** Where the records stand of which these are the leaves; null in the rows above. */
  readonly places: Uint8Array | null;
}

/** A tile that has room for more nodes. */
interface OpenTile {
  readonly index: number;
  readonly hashes: Uint8Array;
  readonly places: Uint8Array | null;
  count: number;
  changed: boolean;
}

function emptyTile(row: number, index: number): OpenTile {
  const places = row === 0 ? new Uint8Array(TILE_NODES * PLACE_BYTES) : null;
  return { index, hashes: new Uint8Array(TILE_NODES * HASH_BYTES), places, count: 0, changed: false };
}

function openTile(row: number, { index, hashes, places }: Tile): OpenTile {
  const tile = emptyTile(row, index);
  tile.hashes.set(hashes);
  if (places !== null) tile.places?.set(places);
  return { ...tile, count: hashes.length / HASH_BYTES };
}

function closed(row: number, { index, hashes, places, count }: OpenTile): Tile {
  return {
    ...{ row, index, hashes: hashes.subarray(0, count * HASH_BYTES) },
    places: places?.subarray(0, count * PLACE_BYTES) ?? null,
  };
}

/** A tree that grows: it knows the last tile of each row, and what has changed since that was last taken. */
export class OpenTree {
  readonly #rows: OpenTile[] = [];
  #full: Tile[] = [];
  #size: number;

  /** @param last the last tile of a row, where that is not full */
  constructor(
    readonly tree: number,
    size: number,
    last: (place: TilePlace) => Tile,
  ) {
    this.#size = size;
    for (let row = 0; nodesInRow(size, row) > 0; row += 1) {
      const count = nodesInRow(size, row);
      const index = Math.floor(count / TILE_NODES);
      this.#rows.push(count % TILE_NODES === 0 ? emptyTile(row, index) : openTile(row, last({ row, index })));
    }
  }

  size(): number {
    return this.#size;
  }

  /** Adds the leaf of the next record, by its hash. */
  append(leaf: Uint8Array, place: Omit<RecordPlace, 'seq'>): void {
    let hash = leaf;
    for (let row = 0; ; row += 1) {
      const tile = (this.#rows[row] ??= emptyTile(row, 0));
      tile.hashes.set(hash, tile.count * HASH_BYTES);
      if (tile.places !== null) writePlace(tile.places, tile.count, place);
      tile.count += 1;
      tile.changed = true;
      if (tile.count < TILE_NODES) break;
      this.#full.push(closed(row, tile));
      this.#rows[row] = emptyTile(row, tile.index + 1);
      hash = hashOfNodes(tile.hashes);
    }
    this.#size += 1;
  }

  /** The tiles that have changed since they were last taken. */
  takeChanged(): readonly Tile[] {
    const changed = this.#full;
    this.#full = [];
    for (const [row, tile] of this.#rows.entries()) {
      if (tile.changed) changed.push(closed(row, tile));
      tile.changed = false;
    }
    return changed;
  }
}
