import type { SqliteConnection, SqliteStatement } from '../../sqlite/connection.js';
import { LRUCache } from 'lru-cache';

/** What the trail says again and again, each with a number to stand for it: accounts, users, devices, sessions, event types. */
export const TERMS_SCHEMA = `
  CREATE TABLE audit_terms_5 (
    term INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE,
    erased INTEGER NOT NULL DEFAULT 0
  ) STRICT;
`;

/** A text's number, and whether it is the id of a user who was erased. */
export interface Term {
  readonly term: number;
  readonly erased: 0 | 1;
}

/** The numbers of texts, given out in the order in which the log has them. */
export interface Terms {
  of(text: string): Term;
  /** The number of a text; null of none. */
  numberOf(text: string | null): number | null;
  /** Notes that the user with this id was erased. */
  erase(userId: string): void;
  forget(): void;
}

const TERMS_KEPT = 10_000;

const GET = 'SELECT term, erased FROM audit_terms_5 WHERE text = ?';

/** Opens the terms for taking in events. */
export function openTerms(database: SqliteConnection): Terms {
  const get: SqliteStatement<[string], Term> = database.prepare(GET);
  const add = database.prepare<[string]>('INSERT INTO audit_terms_5 (text) VALUES (?)');
  const setErased = database.prepare<[number]>('UPDATE audit_terms_5 SET erased = 1 WHERE term = ?');
  const known = new LRUCache<string, Term>({ max: TERMS_KEPT });

  function of(text: string): Term {
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    const term = get.get(text) ?? { term: Number(add.run(text).lastInsertRowid), erased: 0 };
    known.set(text, term);
    return term;
  }

  return {
    of,
    numberOf: (text) => (text === null ? null : of(text).term),
    erase(userId) {
      const { term } = of(userId);
      setErased.run(term);
      known.set(userId, { term, erased: 1 });
    },
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
export function openTermReader(database: SqliteConnection): TermReader {
  const get: SqliteStatement<[string], Term> = database.prepare(GET);
  const say = database.prepareValues<[number], string>('SELECT text FROM audit_terms_5 WHERE term = ?');
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
