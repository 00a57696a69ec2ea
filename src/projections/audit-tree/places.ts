/** Where in the log the record of a `seq` stands. */
export interface RecordPlace {
  readonly seq: number;
  /** The position of the event just before it in the log, 0 for none: reading the log after it gives the record first. */
  readonly before: bigint;
  /** Its own position. */
  readonly position: bigint;
}

/** Bytes of a place beside its `seq`: two positions of 64 bits. */
export const PLACE_BYTES = 16;

/** Writes a place into a tile's places. */
export function writePlace(places: Uint8Array, index: number, place: Omit<RecordPlace, 'seq'>): void {
  const view = viewOf(places);
  view.setBigUint64(index * PLACE_BYTES, place.before);
  view.setBigUint64(index * PLACE_BYTES + PLACE_BYTES / 2, place.position);
}

/** The places of a tile whose first record has a `seq`. */
export function readPlaces(places: Uint8Array, firstSeq: number): readonly RecordPlace[] {
  const view = viewOf(places);
  return Array.from({ length: places.length / PLACE_BYTES }, (_, index) => ({
    seq: firstSeq + index,
    before: view.getBigUint64(index * PLACE_BYTES),
    position: view.getBigUint64(index * PLACE_BYTES + PLACE_BYTES / 2),
  }));
}

function viewOf(places: Uint8Array): DataView {
  return new DataView(places.buffer, places.byteOffset, places.byteLength);
}
