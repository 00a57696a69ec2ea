import type { SqliteConnection } from '../../sqlite/connection.js';
import type { Lookup } from './lookups.js';

/**
 * Where it stands in the trail what a person did, or what was done to it: the lookups by type, of those types alone that there are. What
 * somebody did to itself stands with what it did, so that it is not written twice.
 */
export interface People {
  /** What an actor did. @param types numbers of types; null for all */
  actor(trail: number, person: number, types: readonly number[] | null): Lookup[];
  /** What is about a subject, whoever did it. */
  subject(trail: number, person: number, types: readonly number[] | null): Lookup[];
  /** What is about a subject and was done by others. */
  byOthers(trail: number, person: number, types: readonly number[] | null): Lookup[];
}

type Only = (type: number) => boolean;

function only(types: readonly number[] | null): Only {
  if (types === null) return () => true;
  const wanted = new Set(types);
  return (type) => wanted.has(type);
}

const KIND_AFTER = `
  SELECT type * 2 + (actor IS subject) FROM audit_events_5 INDEXED BY audit_events_5_by_actor
  WHERE trail = ? AND actor = ? AND type * 2 + (actor IS subject) > ? ORDER BY type * 2 + (actor IS subject) LIMIT 1`;

const TYPE_AFTER = `
  SELECT type FROM audit_events_5 INDEXED BY audit_events_5_by_subject
  WHERE trail = ? AND subject = ? AND actor IS NOT subject AND type > ? ORDER BY type LIMIT 1`;

/** Each of the numbers that a statement answers one after the other, the next by the one before. */
function openEach(database: SqliteConnection, sql: string): (trail: number, person: number) => number[] {
  const after = database.prepareValues<[number, number, number], number>(sql);
  return (trail, person) => {
    const found: number[] = [];
    for (let next = after.get(trail, person, -1); next !== undefined; next = after.get(trail, person, next)) {
      found.push(next);
    }
    return found;
  };
}

/** Opens the search for the types that a person's events have, each found by one look. */
export function openPeople(database: SqliteConnection): People {
  const kindsOf = openEach(database, KIND_AFTER);
  const typesByOthers = openEach(database, TYPE_AFTER);

  const byOthers: People['byOthers'] = (trail, person, types) =>
    typesByOthers(trail, person)
      .filter(only(types))
      .map((type) => ({ index: 'subject', keys: [person, type] }));

  function acted(trail: number, person: number, wanted: (kind: number) => boolean): Lookup[] {
    return kindsOf(trail, person)
      .filter(wanted)
      .map((kind) => ({ index: 'actor', keys: [person, kind] }));
  }

  return {
    actor(trail, person, types) {
      const wanted = only(types);
      return acted(trail, person, (kind) => wanted(kind >> 1));
    },
    byOthers,
    subject(trail, person, types) {
      const wanted = only(types);
      const itself = acted(trail, person, (kind) => kind % 2 === 1 && wanted(kind >> 1));
      return [...itself, ...byOthers(trail, person, types)];
    },
  };
}
