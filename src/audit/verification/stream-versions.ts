import { createHash } from 'node:crypto';

const FIRST_CAPACITY = 1_024;
/** A table is made larger before it is fuller than this. */
const FULLEST = 0.5;

interface Table {
  readonly names: BigUint64Array;
  readonly versions: Uint32Array;
}

function tableOf(capacity: number): Table {
  return { names: new BigUint64Array(capacity), versions: new Uint32Array(capacity) };
}

/** 64 bits of SHA-256, never 0, which is an empty place: of a hundred million streams two share them once in 4,000 logs. */
function digestOf(stream: string): bigint {
  return createHash('sha256').update(stream).digest().readBigUInt64BE() || 1n;
}

/** The place of a name, or the empty one where it would be put. */
function placeOf({ names }: Table, name: bigint): number {
  const mask = names.length - 1;
  let place = Number(name & BigInt(mask));
  while (names[place] !== 0n && names[place] !== name) place = (place + 1) & mask;
  return place;
}

/** The versions that streams have reached, in some 24 bytes for each: a log has as many streams as there were sign-ins. */
export interface StreamVersions {
  /** The version of a stream; 0 where it was not heard of. */
  of(stream: string): number;
  set(stream: string, version: number): void;
}

/** Begins with no stream. */
export function openStreamVersions(): StreamVersions {
  let table = tableOf(FIRST_CAPACITY);
  let count = 0;

  function grow(): void {
    const larger = tableOf(table.names.length * 2);
    for (const [index, name] of table.names.entries()) {
      if (name === 0n) continue;
      const place = placeOf(larger, name);
      larger.names[place] = name;
      larger.versions[place] = table.versions[index] ?? 0;
    }
    table = larger;
  }

  return {
    of: (stream) => table.versions[placeOf(table, digestOf(stream))] ?? 0,
    set(stream, version) {
      const name = digestOf(stream);
      let place = placeOf(table, name);
      if (table.names[place] === 0n) {
        count += 1;
        if (count > table.names.length * FULLEST) {
          grow();
          place = placeOf(table, name);
        }
      }
      table.names[place] = name;
      table.versions[place] = version;
    },
  };
}
