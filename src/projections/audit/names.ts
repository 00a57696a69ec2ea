import type { SqliteConnection } from '../../sqlite/connection.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { LoggedEventOf } from '../projection.js';
import type { Terms } from './terms.js';

/**
 * How users, devices, audit tokens and service credentials are called, from which place of a trail on. Rows of the trail do not have names, so
 * forgetting a person's names changes a few rows. `folded` is what a search is compared with.
 */
export const NAMES_SCHEMA = `
  CREATE TABLE audit_names_5 (
    trail INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    since INTEGER NOT NULL,
    kind TEXT NOT NULL,
    person INTEGER NOT NULL,
    text TEXT,
    folded TEXT,
    PRIMARY KEY (trail, owner, since)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_names_5_by_person ON audit_names_5 (trail, person);
`;

/** What bears a name. */
export type NameKind = 'USER' | 'DEVICE' | 'TOKEN' | 'CREDENTIAL';

/** A text as searches compare it: whatever its case, and in whichever of the forms that look alike. */
export function folded(text: string): string {
  // Upper case tells fewer letters apart than lower: ß is SS, and both forms of a Greek sigma are one.
  return text.normalize('NFKC').toUpperCase();
}

interface Naming {
  readonly kind: NameKind;
  readonly ownerId: string;
  /** The user whose value the name is, or the account where it is nobody's. */
  readonly personId: string;
  readonly text: string | null;
}

type Called = LoggedEventOf<'UserCreated' | 'UserRenamed'>;

function ofUser({ data: { userId }, personal }: Called): Naming {
  return { kind: 'USER', ownerId: userId, personId: userId, text: personal?.username ?? null };
}

function ofDevice({ data: { deviceId, userId }, personal }: LoggedEventOf<'MfaEnrollmentStarted'>): Naming {
  return { kind: 'DEVICE', ownerId: deviceId, personId: userId, text: personal?.deviceName ?? null };
}

function ofToken({ data: { tokenId, accountId }, personal }: LoggedEventOf<'AuditTokenCreated'>): Naming {
  return { kind: 'TOKEN', ownerId: tokenId, personId: accountId, text: personal?.name ?? null };
}

function ofCredential({ data, personal }: LoggedEventOf<'ServiceCredentialCreated'>): Naming {
  const { credentialId: ownerId, accountId: personId } = data;
  return { kind: 'CREDENTIAL', ownerId, personId, text: personal?.name ?? null };
}

function namingOf(event: LoggedEvent): Naming | null {
  switch (event.type) {
    case 'UserCreated':
    case 'UserRenamed':
      return ofUser(event);
    case 'MfaEnrollmentStarted':
      return ofDevice(event);
    case 'AuditTokenCreated':
      return ofToken(event);
    case 'ServiceCredentialCreated':
      return ofCredential(event);
    default:
      return null;
  }
}

/** Names for taking in events. */
export interface Names {
  /** Learns from an event at its place how something is called from there on. */
  learn(trail: number, seq: number, event: LoggedEvent): void;
  /** Forgets what a person and its devices were ever called. */
  forget(trail: number, person: number): void;
}

/** Opens the names for taking in events. */
export function openNames(database: SqliteConnection, terms: Terms): Names {
  const insert = database.prepare(
    'INSERT INTO audit_names_5 (trail, owner, since, kind, person, text, folded) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const forget = database.prepare<[number, number]>(
    'UPDATE audit_names_5 SET text = NULL, folded = NULL WHERE trail = ? AND person = ?',
  );
  return {
    learn(trail, seq, event) {
      const naming = namingOf(event);
      if (naming === null) return;
      const person = terms.of(naming.personId);
      const text = person.erased ? null : naming.text;
      const owner = terms.of(naming.ownerId).term;
      insert.run(trail, owner, seq, naming.kind, person.term, text, text === null ? null : folded(text));
    },
    forget: (trail, person) => void forget.run(trail, person),
  };
}

/** The name, or its folded form, that something had at the place of a row of the trail, as SQL; `e` is that row. */
export function nameThen(owner: 'actor' | 'subject' | 'device', column: 'text' | 'folded' = 'text'): string {
  return `(SELECT ${column} FROM audit_names_5 AS n
    WHERE n.trail = e.trail AND n.owner = e.${owner} AND n.since <= e.seq ORDER BY n.since DESC LIMIT 1)`;
}

/** Who or what had a name that a search finds, and from where to where in the trail. */
export interface NameFound {
  readonly owner: number;
  readonly kind: NameKind;
  /** The first place with that name. */
  readonly since: number;
  /** The first place with another one; null: it has it still. */
  readonly until: number | null;
}

/** Opens the search for names of an account that have a text in them: at most so many. */
export function openNameSearch(database: SqliteConnection, most: number): (trail: number, text: string) => NameFound[] {
  const search = database.prepare<[number, string], NameFound>(`
    SELECT owner, kind, since,
      (SELECT min(m.since) FROM audit_names_5 AS m WHERE m.trail = n.trail AND m.owner = n.owner AND m.since > n.since) AS until
    FROM audit_names_5 AS n WHERE trail = ? AND instr(folded, ?) > 0 LIMIT ${most}`);
  return (trail, text) => search.all(trail, folded(text));
}
