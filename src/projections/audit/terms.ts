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

/** Numbers and texts for queries. */
export interface TermReader {
  /** The number of a text; null where the trails have never said it. */
  readonly numberOf: (text: string) => number | null;
  /** The text that a number stands for. */
  readonly textOf: (term: number) => string;
}

/** Opens the terms for queries. Numbers never change, so those seen are remembered; a text that has none may get one. */
export function openTermReader(database: Database): TermReader {
  const get: Statement<[string], Term> = database.prepare(GET);
  const say = database.prepare<[number], string>('SELECT text FROM audit_terms_4 WHERE term = ?').pluck();
  const numbers = new LRUCache<string, number>({ max: TERMS_KEPT });
  const texts = new LRUCache<number, string>({ max: TERMS_KEPT });
  return {
    numberOf(text) {
      const term = numbers.get(text) ?? get.get(text)?.term;
      if (term === undefined) return null;
      numbers.set(text, term);
      return term;
    },
    textOf(term) {
      const text = texts.get(term) ?? say.get(term);
      if (text === undefined) throw new Error(`the audit read model lacks the term ${term}`);
      texts.set(term, text);
      return text;
    },
  };
}
