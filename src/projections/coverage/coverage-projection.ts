import type { SqliteConnection } from '../../sqlite/connection.js';
import { byType, type HandleAny, type Projection } from '../projection.js';
import { EXPOSURES_SCHEMA, openExposures, type Exposures } from './exposures.js';
import { differs, HISTORY_SCHEMA, openHistory } from './history.js';
import { NAMES_SCHEMA, openNames } from './names.js';
import { countsOf, turnOf, UNPROTECTED, type Protection, type TurnEvent } from './protection.js';

const USERS_SCHEMA = `
  CREATE TABLE coverage_users_1 (
    user_id TEXT PRIMARY KEY,
    present INTEGER NOT NULL,
    enabled INTEGER NOT NULL,
    required_by INTEGER NOT NULL,
    exposure INTEGER
  ) STRICT, WITHOUT ROWID;
`;

/** A user's protection as it is at this place of the log, and the exposure that is open. */
interface Kept extends Protection {
  readonly exposure: number | null;
}

interface Row {
  readonly present: number;
  readonly enabled: number;
  readonly requiredBy: number;
  readonly exposure: number | null;
}

function openUsers(database: SqliteConnection) {
  const get = database.prepare<[string], Row>(
    'SELECT present, enabled, required_by AS requiredBy, exposure FROM coverage_users_1 WHERE user_id = ?',
  );
  const set = database.prepare<[string, number, number, number, number | null]>(
    'INSERT OR REPLACE INTO coverage_users_1 (user_id, present, enabled, required_by, exposure) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    get(userId: string): Kept {
      const row = get.get(userId);
      if (row === undefined) return { ...UNPROTECTED, exposure: null };
      const { present, enabled, requiredBy, exposure } = row;
      return { exists: present === 1, enabled: enabled === 1, requiredBy, exposure };
    },
    set(userId: string, { exists, enabled, requiredBy, exposure }: Kept): void {
      set.run(userId, Number(exists), Number(enabled), requiredBy, exposure);
    },
  };
}

/** Where a user stands after an event: the exposure that was open before, and whether there has to be one now. */
interface Standing {
  readonly exposure: number | null;
  readonly overdue: boolean;
}

/** Opens an exposure or ends the open one; answers which is open now. */
function follow(exposures: Exposures, event: TurnEvent, moment: string, { exposure, overdue }: Standing) {
  const { opens, ends } = turnOf(event.type);
  if (exposure === null && overdue && opens !== undefined) return exposures.open(event, moment, opens);
  if (exposure === null || overdue || ends === undefined) return exposure;
  exposures.end(exposure, event, moment, ends);
  return null;
}

function openTurns(database: SqliteConnection): (event: TurnEvent) => undefined {
  const users = openUsers(database);
  const history = openHistory(database);
  const exposures = openExposures(database);
  return (event) => {
    const { accountId, userId } = event.data;
    const kept = users.get(userId);
    const changed = turnOf(event.type).change(kept);
    const counts = { before: countsOf(kept), after: countsOf(changed) };
    let { exposure } = kept;
    if (differs(counts)) {
      const { occurredAt } = event.metadata;
      const moment = history.note(accountId, { occurredAt, position: event.position }, counts);
      exposure = follow(exposures, event, moment, { exposure, overdue: counts.after.overdue === 1 });
    }
    users.set(userId, { ...changed, exposure });
    return undefined;
  };
}

function open(database: SqliteConnection): HandleAny {
  const turn = openTurns(database);
  const names = openNames(database);
  return byType({
    UserCreated(event) {
      names.learn(event.data.userId, event.position, event.personal?.username ?? null);
      turn(event);
      return undefined;
    },
    UserRenamed({ data, position, personal }) {
      names.learn(data.userId, position, personal?.username ?? null);
      return undefined;
    },
    UserErased({ data }) {
      names.forget(data.userId);
      return undefined;
    },
    RegistrationAbandoned: turn,
    UserDeleted: turn,
    MfaEnabled: turn,
    MfaDisabled: turn,
    SubUserMfaRequired: turn,
    SubUserMfaWaived: turn,
  });
}

/** How much of each account was protected at every moment, and who was exposed: had to have a device, and had none. */
export const coverageProjection: Projection = {
  name: 'coverage',
  version: 1,
  tables: ['coverage_users_1', 'coverage_history_1', 'coverage_exposures_1', 'coverage_names_1'],
  schema: USERS_SCHEMA + HISTORY_SCHEMA + EXPOSURES_SCHEMA + NAMES_SCHEMA,
  open,
};
