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
export function writePlace(places: Buffer, index: number, place: Omit<RecordPlace, 'seq'>): void {
  places.writeBigUInt64BE(place.before, index * PLACE_BYTES);
  places.writeBigUInt64BE(place.position, index * PLACE_BYTES + PLACE_BYTES / 2);
}

/** The places of a tile whose first record has a `seq`. */
export function readPlaces(places: Buffer, firstSeq: number): readonly RecordPlace[] {
  return Array.from({ length: places.length / PLACE_BYTES }, (_, index) => ({
    seq: firstSeq + index,
    before: places.readBigUInt64BE(index * PLACE_BYTES),
    position: places.readBigUInt64BE(index * PLACE_BYTES + PLACE_BYTES / 2),
  }));
}
