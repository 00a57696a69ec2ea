import type { SqliteConnection, SqliteStatement } from '../../sqlite/connection.js';
import { LRUCache } from 'lru-cache';
import { addressBytes, type AddressRange } from '../../audit/address-range.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { Terms } from './terms.js';

/**
 * Where requests came from, one row for all that a person sends from an address by one client. Rows of the trail have the number
 * alone, so forgetting a person's values changes a few rows. `bytes` are addresses as they compare, IPv4 as mapped.
 */
export const ORIGINS_SCHEMA = `
  CREATE TABLE audit_origins_5 (
    origin INTEGER PRIMARY KEY,
    trail INTEGER NOT NULL,
    person INTEGER NOT NULL,
    ip TEXT,
    user_agent TEXT,
    bytes BLOB
  ) STRICT;
  CREATE INDEX audit_origins_5_by_person ON audit_origins_5 (trail, person, ip, user_agent);
  CREATE INDEX audit_origins_5_by_address ON audit_origins_5 (trail, bytes) WHERE bytes IS NOT NULL;
`;

/** Whose values it is where an event's request came from: they are sealed under the key of that user; those of the account are nobody's. */
function personOf({ data, metadata: { actor } }: LoggedEvent, accountId: string): string {
  if (actor.kind === 'USER' && actor.id !== null) return actor.id;
  return actor.kind === 'ANONYMOUS' && 'userId' in data ? data.userId : accountId;
}

/** Origins for taking in events. */
export interface Origins {
  /** The number of where an event's request came from; null where nothing is known of that. */
  of(trail: number, accountId: string, event: LoggedEvent): number | null;
  /** Forgets where a person's requests ever came from. */
  erase(trail: number, person: number): void;
  forget(): void;
}

const ORIGINS_KEPT = 10_000;

type Values = [trail: number, person: number, ip: string | null, userAgent: string | null];

/** Opens the origins for taking in events. */
export function openOrigins(database: SqliteConnection, terms: Terms): Origins {
  const get: SqliteStatement<Values, number> = database.prepareValues<Values, number>(
    `SELECT origin FROM audit_origins_5 INDEXED BY audit_origins_5_by_person
       WHERE trail = ? AND person = ? AND ip IS ? AND user_agent IS ?`,
  );
  const add = database.prepare<[...Values, Uint8Array | null]>(
    'INSERT INTO audit_origins_5 (trail, person, ip, user_agent, bytes) VALUES (?, ?, ?, ?, ?)',
  );
  const erase = database.prepare<[number, number]>(
    'UPDATE audit_origins_5 SET ip = NULL, user_agent = NULL, bytes = NULL WHERE trail = ? AND person = ?',
  );
  const known = new LRUCache<string, number>({ max: ORIGINS_KEPT });

  function find(values: Values): number {
    const key = JSON.stringify(values);
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const [, , ip] = values;
    const bytes = ip === null ? null : addressBytes(ip);
    const origin = get.get(...values) ?? Number(add.run(...values, bytes).lastInsertRowid);
    known.set(key, origin);
    return origin;
  }

  return {
    of(trail, accountId, event) {
      const { request } = event;
      if (request === null || (request.ip === null && request.userAgent === null)) return null;
      const person = terms.of(personOf(event, accountId));
      return person.erased ? null : find([trail, person.term, request.ip, request.userAgent]);
    },
    erase(trail, person) {
      erase.run(trail, person);
      // What is kept is found by the values that are to be forgotten.
      known.clear();
    },
    forget: () => known.clear(),
  };
}

/** Opens the search for origins of an account within a range of addresses: at most so many. */
export function openOriginSearch(
  database: SqliteConnection,
  most: number,
): (trail: number, range: AddressRange) => number[] {
  const search = database.prepareValues<[number, Uint8Array, Uint8Array], number>(
    `SELECT origin FROM audit_origins_5 INDEXED BY audit_origins_5_by_address
       WHERE trail = ? AND bytes BETWEEN ? AND ? LIMIT ${most}`,
  );
  return (trail, { from, to }) => search.all(trail, from, to);
}
