import type { SqliteConnection } from '../../sqlite/connection.js';

/** How users were called, from which place in the log on: the only personal values of this read model. */
export const NAMES_SCHEMA = `
  CREATE TABLE coverage_names_1 (
    user_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT,
    PRIMARY KEY (user_id, position)
  ) STRICT, WITHOUT ROWID;
`;

/** The expression for the name that a user had at a place in the log; null where it was erased, or nobody is named. */
export function nameAt(userId: string, position: string): string {
  return `(SELECT name FROM coverage_names_1 WHERE user_id = ${userId} AND position <= ${position}
    ORDER BY position DESC LIMIT 1)`;
}

/** Keeps the names of users. */
export interface Names {
  learn(userId: string, position: bigint, name: string | null): void;
  /** Forgets every name of a person who is erased. */
  forget(userId: string): void;
}

/** Opens the names for taking in events. */
export function openNames(database: SqliteConnection): Names {
  const insert = database.prepare<[string, bigint, string | null]>(
    'INSERT INTO coverage_names_1 (user_id, position, name) VALUES (?, ?, ?)',
  );
  const forget = database.prepare<[string]>('DELETE FROM coverage_names_1 WHERE user_id = ?');
  return {
    learn: (userId, position, name) => void insert.run(userId, position, name),
    forget: (userId) => void forget.run(userId),
  };
}
