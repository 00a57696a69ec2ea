import SqliteDatabase, { type Database } from 'better-sqlite3';

/** Opens the file of the read models, or makes it. What is in it can be built anew from the log. */
export function openReadModelDatabase(path: string): Database {
  const database = new SqliteDatabase(path);
  database.pragma('journal_mode = WAL');
  // A crash may lose what came last, with its checkpoint: the log has it still.
  database.pragma('synchronous = NORMAL');
  return database;
}
