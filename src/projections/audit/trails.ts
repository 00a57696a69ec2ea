import type { SqliteConnection, SqliteStatement } from '../../sqlite/connection.js';
import { after } from '../../domain/instant.js';

/** Each account's trail as a whole, and the latest moment up to some places of it. */
export const TRAILS_SCHEMA = `
  CREATE TABLE audit_trails_5 (
    trail INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    latest_at TEXT NOT NULL,
    lag INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE audit_moments_5 (
    trail INTEGER NOT NULL,
    latest_at TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (trail, latest_at, seq)
  ) STRICT, WITHOUT ROWID;
`;

/** Of so many places one is noted with its moment: a page then reads that many events at most that are outside a span of time. */
const NOTED_EVERY = 64;

const FIRST_BLOCK = 256;

/**
 * The block that a place lies in. Ids come in no order, so in an index on all of them each is written to a page of its own; within a
 * block they stay together, and who looks for one looks into each block. Blocks grow with the trail: one of a million events
 * has 63, one of ten million 198.
 */
export function blockOf(seq: number): number {
  return Math.floor(Math.sqrt(seq / FIRST_BLOCK));
}

/** An account's trail: how long it is, the latest moment in it, and the most that an event was ever behind that, in milliseconds. */
interface Trail {
  readonly size: number;
  readonly latestAt: string;
  readonly lag: number;
}

const NEW_TRAIL: Trail = { size: 0, latestAt: '', lag: 0 };

/** The trails that a batch goes on with, written together. */
export interface Trails {
  /** The place of an event that happened at a moment. */
  next(trail: number, occurredAt: string): number;
  write(): void;
  forget(): void;
}

/** Opens the trails for taking in events. */
export function openTrails(database: SqliteConnection): Trails {
  const get: SqliteStatement<[number], Trail> = database.prepare(
    'SELECT size, latest_at AS latestAt, lag FROM audit_trails_5 WHERE trail = ?',
  );
  const set = database.prepare<[number, number, string, number]>(
    'INSERT OR REPLACE INTO audit_trails_5 (trail, size, latest_at, lag) VALUES (?, ?, ?, ?)',
  );
  const note = database.prepare<[number, string, number]>(
    'INSERT INTO audit_moments_5 (trail, latest_at, seq) VALUES (?, ?, ?)',
  );
  const trails = new Map<number, Trail>();
  return {
    next(trail, occurredAt) {
      const { size, latestAt, lag } = trails.get(trail) ?? get.get(trail) ?? NEW_TRAIL;
      const latest = occurredAt < latestAt ? latestAt : occurredAt;
      const behind = latest === occurredAt ? 0 : Date.parse(latest) - Date.parse(occurredAt);
      trails.set(trail, { size: size + 1, latestAt: latest, lag: Math.max(lag, behind) });
      if (size % NOTED_EVERY === 0) note.run(trail, latest, size);
      return size;
    },
    write() {
      for (const [trail, { size, latestAt, lag }] of trails) set.run(trail, size, latestAt, lag);
      trails.clear();
    },
    forget: () => trails.clear(),
  };
}

/** Where a page may lie: places in the trail, both excluded. */
export interface Bounds {
  readonly above: number;
  readonly below: number;
}

/** A span of time, from its beginning on and before its end; ISO 8601, UTC. */
export interface Span {
  readonly since?: string;
  readonly until?: string;
}

/** Finds places between which everything of a span of time stands, and few other events. */
export function openSpans(database: SqliteConnection): (trail: number, span: Span) => Bounds {
  const lastBefore = database.prepareValues<[number, string], number>(
    'SELECT seq FROM audit_moments_5 WHERE trail = ? AND latest_at < ? ORDER BY latest_at DESC, seq DESC LIMIT 1',
  );
  const firstFrom = database.prepareValues<[number, string], number>(
    'SELECT seq FROM audit_moments_5 WHERE trail = ? AND latest_at >= ? ORDER BY latest_at, seq LIMIT 1',
  );
  const lag = database.prepareValues<[number], number>('SELECT lag FROM audit_trails_5 WHERE trail = ?');
  return (trail, { since, until }) => ({
    // Up to that place nothing is as late.
    above: since === undefined ? -1 : (lastBefore.get(trail, since) ?? -1),
    // From that place on everything is later, also where a clock was behind by the most that one ever was.
    below:
      until === undefined
        ? Number.MAX_SAFE_INTEGER
        : (firstFrom.get(trail, after(until, lag.get(trail) ?? 0)) ?? Number.MAX_SAFE_INTEGER),
  });
}
