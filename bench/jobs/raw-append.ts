import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import type { AppendParams } from './append.js';
import { IN_FLIGHT, usualEvent } from './appended-event.js';

const TABLE = `CREATE TABLE events (
  position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
  revision INTEGER NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL, personal TEXT, recorded_at TEXT NOT NULL,
  UNIQUE (stream, version)) STRICT`;
const INSERT = `INSERT INTO events (stream, version, id, type, revision, data, metadata, personal, recorded_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function open(folder: string) {
  const database = openConnection(join(folder, 'raw.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('cache_size = -16000');
  database.pragma('synchronous = FULL');
  if (database.pragma('synchronous') !== 2) throw new Error('the raw file is not durable');
  database.exec(TABLE);
  return database;
}

function measured(work: () => number, milliseconds: number): number {
  const from = performance.now();
  let count = 0;
  while (performance.now() - from < milliseconds) count += work();
  return count / ((performance.now() - from) / 1_000);
}

/** Bare SQLite writing the same rows as durably: one transaction for each, and one for as many as are in flight. */
export async function appendRaw({ folder, milliseconds }: AppendParams) {
  const database = open(folder);
  const insert = database.prepare(INSERT);
  const { id, type, revision, ...parts } = usualEvent();
  const [data = '', metadata = '', personal = ''] = [parts.data, parts.metadata, parts.personal].map((part) =>
    JSON.stringify(part),
  );
  let written = 0;
  const one = () => {
    written += 1;
    insert.run(`session-${written % IN_FLIGHT}`, written, id, type, revision, data, metadata, personal, '2026-06-01');
    return 1;
  };
  const group = () =>
    database.transaction('immediate', () => {
      for (let index = 0; index < IN_FLIGHT; index += 1) one();
      return IN_FLIGHT;
    });
  measured(group, milliseconds / 4);
  const grouped = measured(group, milliseconds / 2);
  const oneByOne = measured(one, milliseconds / 2);
  database.close();
  return { grouped, oneByOne };
}
