import type { Database, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { LoggedEvent } from '../../eventstore/event-codec.js';

/** What the trail says again and again, each with a number to stand for it: accounts, users, devices, event types. */
export const TERMS_SCHEMA = `
  CREATE TABLE audit_terms_4 (
    term INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE,
    name TEXT
  ) STRICT;
`;

/** A text's number, and the name of the user or device whose id it is, as it is at this point of the log. */
interface Term {
  readonly term: number;
  readonly name: string | null;
}

const NOTHING: { readonly term: null; readonly name: null } = { term: null, name: null };

/** The numbers of texts, given out in the order in which the log has them. */
export interface Terms {
  /** Learns how users and devices are called. */
  learn(event: LoggedEvent): void;
  numberOf(text: string): number;
  /** The number of an id, with the name that belongs to it; of no id, none. */
  of(id: string | null): Term | typeof NOTHING;
  forget(): void;
}

const TERMS_KEPT = 10_000;

const GET = 'SELECT term, name FROM audit_terms_4 WHERE text = ?';

/** Opens the terms for taking in events. */
export function openTerms(database: Database): Terms {
  const get: Statement<[string], Term> = database.prepare(GET);
  const add = database.prepare<[string]>('INSERT INTO audit_terms_4 (text) VALUES (?)');
  const rename = database.prepare<[string | null, number]>('UPDATE audit_terms_4 SET name = ? WHERE term = ?');
  const known = new LRUCache<string, Term>({ max: TERMS_KEPT });

  function find(text: string): Term {
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    const term = get.get(text) ?? { term: Number(add.run(text).lastInsertRowid), name: null };
    known.set(text, term);
    return term;
  }

  function call(id: string, name: string | null): void {
    const { term } = find(id);
    rename.run(name, term);
    known.set(id, { term, name });
  }

  return {
    learn(event) {
      if (event.type === 'UserCreated' || event.type === 'UserRenamed')
        call(event.data.userId, event.personal?.username ?? null);
      if (event.type === 'MfaEnrollmentStarted') call(event.data.deviceId, event.personal?.deviceName ?? null);
    },
    numberOf: (text) => find(text).term,
    of: (id) => (id === null ? NOTHING : find(id)),
    forget: () => known.clear(),
  };
}

/** Finds the number of a text for a query; null where the trails have never said it. */
export function openTermFinder(database: Database): (text: string) => number | null {
  const get: Statement<[string], Term> = database.prepare(GET);
  // Numbers never change; a text that has none may get one.
  const known = new LRUCache<string, number>({ max: TERMS_KEPT });
  return (text) => {
    const term = known.get(text) ?? get.get(text)?.term;
    if (term === undefined) return null;
    known.set(text, term);
    return term;
  };
}
