import type { SqliteConnection, SqliteValue } from '../../sqlite/connection.js';
import type { Actor } from '../../domain/event.js';
import { pageClause, pageOf, type Condition, type Page, type PageRequest } from '../page.js';
import { nameAt } from './names.js';
import type { ExposureCause, ExposureEnding, TurnType } from './protection.js';

/** The event that opened or ended an exposure, and who made it happen, with the name of then. */
export interface TurnView {
  readonly eventId: string;
  readonly type: TurnType;
  readonly actorKind: Actor['kind'];
  readonly actorId: string | null;
  readonly actorName: string | null;
}

/** An interval in which a user who had to have a device had none. */
export interface ExposureView {
  /** Its place in the order of opening. */
  readonly exposure: number;
  readonly userId: string;
  /** The name when it opened; null where it was erased. */
  readonly userName: string | null;
  readonly cause: ExposureCause;
  readonly openedAt: string;
  readonly opened: TurnView;
  /** Null while it is open. */
  readonly ended: (TurnView & { readonly at: string; readonly ending: ExposureEnding }) | null;
}

/** Which exposures; what is left out does not narrow. */
export interface ExposureFilter {
  readonly userId?: string;
  readonly open?: boolean;
  readonly cause?: ExposureCause;
  readonly ending?: ExposureEnding;
  /** Only what was not over by this moment. */
  readonly since?: string;
  /** Only what was opened before this moment. */
  readonly until?: string;
}

/** Reads exposures, always of one account. */
export interface ExposureQueries {
  /** A page of an account's exposures, newest first. */
  page(accountId: string, filter: ExposureFilter, page: PageRequest): Page<ExposureView>;
  /** Exposures that were open at a place in the log, that place included, the oldest first. */
  openAt(accountId: string, position: number, most: number): readonly ExposureView[];
}

interface Row extends Omit<ExposureView, 'opened' | 'ended'> {
  readonly openedEvent: string;
  readonly openedType: TurnType;
  readonly openedActorKind: Actor['kind'];
  readonly openedActor: string | null;
  readonly openedActorName: string | null;
  readonly ending: ExposureEnding | null;
  readonly endedAt: string;
  readonly endedEvent: string;
  readonly endedType: TurnType;
  readonly endedActorKind: Actor['kind'];
  readonly endedActor: string | null;
  readonly endedActorName: string | null;
}

const SELECT = `
  SELECT exposure, user_id AS userId, ${nameAt('exposures.user_id', 'opened_position')} AS userName, cause,
    opened_at AS openedAt, opened_event AS openedEvent, opened_type AS openedType,
    opened_actor_kind AS openedActorKind, opened_actor AS openedActor,
    ${nameAt('opened_actor', 'opened_position')} AS openedActorName,
    ending, ended_at AS endedAt, ended_event AS endedEvent, ended_type AS endedType,
    ended_actor_kind AS endedActorKind, ended_actor AS endedActor,
    ${nameAt('ended_actor', 'ended_position')} AS endedActorName
  FROM coverage_exposures_1 AS exposures
  WHERE account_id = ?`;

const OPEN_AT = `${SELECT} AND opened_position <= ? AND (ended_position IS NULL OR ended_position > ?)
  ORDER BY exposure LIMIT ?`;

// The last to have been opened before a moment: exposures are numbered in the order of their moments.
const LAST_BEFORE = `
  SELECT exposure FROM coverage_exposures_1 WHERE account_id = ? AND opened_at < ?
  ORDER BY opened_at DESC, exposure DESC LIMIT 1`;

function endedOf(row: Row): ExposureView['ended'] {
  const { ending, endedAt: at, endedEvent: eventId, endedType: type, endedActorKind: actorKind } = row;
  if (ending === null) return null;
  return { ending, at, eventId, type, actorKind, actorId: row.endedActor, actorName: row.endedActorName };
}

function viewOf(row: Row): ExposureView {
  const { exposure, userId, userName, cause, openedAt, openedEvent: eventId, openedType: type } = row;
  const { openedActorKind: actorKind, openedActor: actorId, openedActorName: actorName } = row;
  const opened = { eventId, type, actorKind, actorId, actorName };
  return { exposure, userId, userName, cause, openedAt, opened, ended: endedOf(row) };
}

function equals(column: string, wanted: string | undefined): Condition | null {
  return wanted === undefined ? null : { sql: ` AND ${column} = ?`, parameters: [wanted] };
}

function openness(open: boolean | undefined): Condition | null {
  return open === undefined ? null : { sql: ` AND ending IS ${open ? '' : 'NOT '}NULL`, parameters: [] };
}

function notOverBy(since: string | undefined): Condition | null {
  return since === undefined ? null : { sql: ' AND (ending IS NULL OR ended_at > ?)', parameters: [since] };
}

function conditionOf({ userId, open, cause, ending, since }: ExposureFilter): Condition {
  const conditions = [
    equals('user_id', userId),
    equals('cause', cause),
    equals('ending', ending),
    openness(open),
    notOverBy(since),
  ].filter((condition) => condition !== null);
  return {
    sql: conditions.map(({ sql }) => sql).join(''),
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/** Prepares the queries of exposures on the read models' file. */
export function createExposureQueries(database: SqliteConnection): ExposureQueries {
  const openAt = database.prepare<[string, number, number, number], Row>(OPEN_AT);
  const lastBefore = database.prepareValues<[string, string], number>(LAST_BEFORE);

  function upTo(accountId: string, until: string | undefined): Condition {
    if (until === undefined) return { sql: '', parameters: [] };
    return { sql: ' AND exposure <= ?', parameters: [lastBefore.get(accountId, until) ?? -1] };
  }

  return {
    page(accountId, filter, page) {
      const conditions = [conditionOf(filter), upTo(accountId, filter.until)];
      const keys = pageClause('exposure', page, 'descending');
      const sql = `${SELECT}${conditions.map((condition) => condition.sql).join('')}${keys.sql}${keys.tail}`;
      const parameters = [...conditions, keys].flatMap((condition) => condition.parameters);
      const rows = database.prepare<SqliteValue[], Row>(sql).all(accountId, ...parameters);
      return pageOf(rows.map(viewOf), page);
    },
    openAt: (accountId, position, most) => openAt.all(accountId, position, position, most).map(viewOf),
  };
}
