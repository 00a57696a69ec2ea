import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Loose } from './client.js';
import type { TestService } from './service.js';

/** An event as it lies in the log's file. */
export interface StoredRow {
  readonly position: number;
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly type: string;
  readonly data: Loose;
  readonly metadata: Loose;
  readonly personal: Loose;
}

type Folder = Pick<TestService, 'folder'>;
type Texts = Readonly<Record<'data' | 'metadata', string>> & { readonly personal: string | null };

function inLog<T>({ folder }: Folder, read: (database: Database.Database) => T): T {
  const database = new Database(join(folder, 'log.db'), { readonly: true, fileMustExist: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** Events of the log, read from its file by a connection of our own: all, or those of streams whose names match a GLOB. */
export function storedEvents(service: Folder, streams = '*'): readonly StoredRow[] {
  const rows = inLog(service, (database) =>
    database
      .prepare<[string], Omit<StoredRow, 'data' | 'metadata' | 'personal'> & Texts>(
        'SELECT position, stream, version, id, type, data, metadata, personal FROM events WHERE stream GLOB ? ORDER BY position',
      )
      .all(streams),
  );
  return rows.map(({ data, metadata, personal, ...row }) => ({
    ...row,
    data: JSON.parse(data),
    metadata: JSON.parse(metadata),
    personal: personal === null ? null : JSON.parse(personal),
  }));
}

/** The types of such events, in the order of the log. */
export function storedTypes(service: Folder, streams = '*'): readonly string[] {
  return storedEvents(service, streams).map(({ type }) => type);
}

/** The position of the last event. */
export function headOf(service: Folder): number {
  return inLog(service, (database) =>
    Number(database.prepare('SELECT coalesce(max(position), 0) FROM events').pluck().get()),
  );
}

/** Puts an event at the end of a stream, past the service: as another release would. */
export function appendPast({ folder }: Folder, stream: string, type: string, data: Loose): void {
  const database = new Database(join(folder, 'log.db'), { fileMustExist: true, timeout: 5_000 });
  try {
    database
      .prepare(
        `INSERT INTO events (stream, version, id, type, revision, data, metadata, recorded_at)
         SELECT @stream, 1 + coalesce(max(version), 0), @id, @type, 1, @data, @metadata, @at FROM events WHERE stream = @stream`,
      )
      .run({
        ...{ stream, type },
        id: `past-${stream}`,
        data: JSON.stringify(data),
        at: '2026-01-01T00:00:00.000Z',
        metadata: JSON.stringify({
          occurredAt: '2026-01-01T00:00:00.000Z',
          actor: { kind: 'SYSTEM', id: null },
          sessionId: null,
          requestId: 'past',
          correlationId: 'past',
          causationId: null,
        }),
      });
  } finally {
    database.close();
  }
}
