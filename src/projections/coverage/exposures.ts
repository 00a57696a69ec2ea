import type { SqliteConnection } from '../../sqlite/connection.js';
import type { ExposureCause, ExposureEnding, TurnEvent } from './protection.js';

/**
 * The intervals in which a user who had to have a device had none, numbered in the order of the log. Rows hold ids alone.
 * The moments of one account never go back, so that its exposures stand in the order of when they opened, too.
 */
export const EXPOSURES_SCHEMA = `
  CREATE TABLE coverage_exposures_1 (
    exposure INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    opened_position INTEGER NOT NULL,
    opened_event TEXT NOT NULL,
    opened_type TEXT NOT NULL,
    opened_actor_kind TEXT NOT NULL,
    opened_actor TEXT,
    ending TEXT,
    ended_at TEXT,
    ended_position INTEGER,
    ended_event TEXT,
    ended_type TEXT,
    ended_actor_kind TEXT,
    ended_actor TEXT
  ) STRICT;
  CREATE INDEX coverage_exposures_1_by_account ON coverage_exposures_1 (account_id, exposure);
  CREATE INDEX coverage_exposures_1_by_user ON coverage_exposures_1 (account_id, user_id, exposure);
  CREATE INDEX coverage_exposures_1_by_cause ON coverage_exposures_1 (account_id, cause, exposure);
  CREATE INDEX coverage_exposures_1_by_ending ON coverage_exposures_1 (account_id, ending, exposure);
  CREATE INDEX coverage_exposures_1_by_time ON coverage_exposures_1 (account_id, opened_at, exposure);
`;

/** Keeps exposures. */
export interface Exposures {
  /** Opens one at a moment; answers its number. */
  open(event: TurnEvent, moment: string, cause: ExposureCause): number;
  /** Ends one at a moment. */
  end(exposure: number, event: TurnEvent, moment: string, ending: ExposureEnding): void;
}

/** Which event it was and who made it happen, in the order of the columns. */
function originOf({ position, id, type, metadata }: TurnEvent) {
  return [position, id, type, metadata.actor.kind, metadata.actor.id] as const;
}

type Origin = ReturnType<typeof originOf>;

/** Opens the exposures for taking in events. */
export function openExposures(database: SqliteConnection): Exposures {
  const insert = database.prepare<[string, string, string, string, ...Origin]>(`
    INSERT INTO coverage_exposures_1 (account_id, user_id, cause, opened_at, opened_position, opened_event, opened_type,
      opened_actor_kind, opened_actor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const end = database.prepare<[string, string, ...Origin, number]>(`
    UPDATE coverage_exposures_1 SET ending = ?, ended_at = ?, ended_position = ?, ended_event = ?, ended_type = ?,
      ended_actor_kind = ?, ended_actor = ?
    WHERE exposure = ?`);
  return {
    open(event, moment, cause) {
      const { accountId, userId } = event.data;
      return Number(insert.run(accountId, userId, cause, moment, ...originOf(event)).lastInsertRowid);
    },
    end(exposure, event, moment, ending) {
      end.run(ending, moment, ...originOf(event), exposure);
    },
  };
}
