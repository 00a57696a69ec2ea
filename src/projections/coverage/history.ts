import type { SqliteConnection } from '../../sqlite/connection.js';
import { NOBODY, type Counts } from './protection.js';

/** The counts of each account after each event that changed them. */
export const HISTORY_SCHEMA = `
  CREATE TABLE coverage_history_1 (
    account_id TEXT NOT NULL,
    moment TEXT NOT NULL,
    position INTEGER NOT NULL,
    users INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    required INTEGER NOT NULL,
    overdue INTEGER NOT NULL,
    PRIMARY KEY (account_id, moment, position)
  ) STRICT, WITHOUT ROWID;
`;

/** The counts of an account from a moment on, and the place in the log of the event that made them so. */
export interface Entry extends Counts {
  readonly moment: string;
  readonly position: number;
}

const ENTRY = `
  SELECT moment, position, users, enabled, required, overdue FROM coverage_history_1
  WHERE account_id = ?`;

const NEWEST = 'ORDER BY moment DESC, position DESC LIMIT 1';

const KEYS = ['users', 'enabled', 'required', 'overdue'] as const;

/** Keeps the history of counts. */
export interface History {
  /**
   * Notes that an event changed what one user adds to the counts; answers the moment from which that counts: the event's
   * own, or the latest that the account's history had come to, where a clock was behind.
   */
  note(accountId: string, at: Pick<Place, 'occurredAt' | 'position'>, change: Change): string;
}

interface Place {
  readonly occurredAt: string;
  readonly position: bigint;
}

interface Change {
  readonly before: Counts;
  readonly after: Counts;
}

/** Whether a change is one that counts. */
export function differs({ before, after }: Change): boolean {
  return KEYS.some((key) => before[key] !== after[key]);
}

/** Opens the history for taking in events. */
export function openHistory(database: SqliteConnection): History {
  const last = database.prepare<[string], Entry>(`${ENTRY} ${NEWEST}`);
  const insert = database.prepare<[string, string, bigint, number, number, number, number]>(
    'INSERT INTO coverage_history_1 (account_id, moment, position, users, enabled, required, overdue) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  return {
    note(accountId, { occurredAt, position }, { before, after }) {
      const latest = last.get(accountId);
      const moment = latest !== undefined && occurredAt < latest.moment ? latest.moment : occurredAt;
      const count = (key: keyof Counts): number => (latest ?? NOBODY)[key] - before[key] + after[key];
      insert.run(accountId, moment, position, count('users'), count('enabled'), count('required'), count('overdue'));
      return moment;
    },
  };
}

/** Reads what was counted last at a moment, that moment included, or last of all; null before there was anything. */
export function openHistoryReader(database: SqliteConnection): (accountId: string, at: string | null) => Entry | null {
  const last = database.prepare<[string], Entry>(`${ENTRY} ${NEWEST}`);
  const lastUpTo = database.prepare<[string, string], Entry>(`${ENTRY} AND moment <= ? ${NEWEST}`);
  return (accountId, at) => (at === null ? last.get(accountId) : lastUpTo.get(accountId, at)) ?? null;
}
