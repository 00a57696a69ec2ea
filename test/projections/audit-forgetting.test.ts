import { describe, expect, it } from '@jest/globals';
import type { SqliteConnection } from '../../src/sqlite/connection.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';
import { auditProjection } from '../../src/projections/audit/audit-projection.js';
import { createAuditQueries } from '../../src/projections/audit/audit-queries.js';
import type { AuditEventView } from '../../src/projections/audit/audit-view.js';
import type { PageRequest } from '../../src/projections/page.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { ACME, ADA, event, PHONE, SAM } from '../support/builders.js';
import { given, logged, openFold, rowsOf } from './given.js';

const ALL: PageRequest = { limit: 100, after: null, before: null, fromEnd: false };
const ADAS = { ip: '198.51.100.1', userAgent: "Ada's browser" };
const SAMS = { ip: '192.0.2.7', userAgent: "Sam's browser" };

type Who = 'ada' | 'sam' | 'nobody';

/** An event of this story: made to happen by somebody, from where that is. */
function told(position: number, who: Who, of: DomainEvent): LoggedEvent {
  const actor = who === 'nobody' ? ({ kind: 'ANONYMOUS', id: null } as const) : ({ kind: 'USER', id: who } as const);
  return logged(of, { position, metadata: { actor }, request: who === 'ada' ? ADAS : SAMS });
}

const story: readonly LoggedEvent[] = [
  told(1, 'ada', {
    ...event('UserCreated', { userId: ADA }),
    personal: { username: 'ada', displayName: 'Ada', email: null },
  }),
  told(2, 'ada', event('UserCreated')),
  told(3, 'sam', event('MfaEnrollmentStarted')),
  told(4, 'sam', event('MfaEnabled')),
  // A stranger tries Sam's password: where from is sealed under Sam's key.
  told(5, 'nobody', event('PasswordRejected')),
  told(6, 'sam', event('UserRenamed')),
  told(7, 'sam', event('MfaCodeAccepted')),
  told(8, 'ada', event('UserDeleted')),
];
const erased = told(9, 'ada', event('UserErased'));

/** An event as it is read once the key of the person is gone: Sam's names, and where Sam or strangers came from. */
function withoutKey(one: LoggedEvent): LoggedEvent {
  const { actor } = one.metadata;
  const ofSam = actor.id === SAM || actor.kind === 'ANONYMOUS';
  const named = 'userId' in one.data && one.data.userId === SAM;
  return { ...one, ...(named && { personal: null }), ...(ofSam && { request: null }) };
}

const found = (database: SqliteConnection, filter: AuditFilter = {}): readonly AuditEventView[] =>
  createAuditQueries(database).page(ACME, filter, ALL).rows;

function seqsOf(database: SqliteConnection, filter: AuditFilter): readonly number[] {
  return found(database, filter).map(({ seq }) => seq);
}

describe('A person who is erased', () => {
  it('leaves no name, address or client in the trail, in whatever way it is asked', () => {
    const database = given(auditProjection, ...story, erased);
    const queries = createAuditQueries(database);
    for (const { seq, eventId } of found(database)) {
      const ways = [queries.byId(ACME, eventId), queries.follow(ACME, {}, seq - 1, 1).views[0]];
      for (const text of ways.map((view) => JSON.stringify(view))) {
        expect(text).not.toMatch(/Phone|192\.0\.2\.7|Sam's browser/);
      }
    }
    const values = ({ actorName, subjectName, deviceName, ip, userAgent }: AuditEventView) => [
      actorName,
      subjectName,
      deviceName,
      ip,
      userAgent,
    ];
    expect(found(database).map(values)).toEqual([
      ['ada', null, null, ADAS.ip, ADAS.userAgent],
      ['ada', null, null, ADAS.ip, ADAS.userAgent],
      [null, null, null, null, null],
      [null, null, null, null, null],
      [null, null, null, null, null],
      [null, null, null, null, null],
      [null, null, null, null, null],
      ['ada', null, null, ADAS.ip, ADAS.userAgent],
      ['ada', 'ada', null, ADAS.ip, ADAS.userAgent],
    ]);
  });

  it('is not found by what is forgotten, though by what it was before', () => {
    const database = given(auditProjection, ...story);
    const filters: readonly AuditFilter[] = [
      { search: 'SAM' },
      { search: 'phone' },
      { ip: SAMS.ip },
      { ip: '192.0.0.0/16' },
    ];
    expect(filters.map((filter) => seqsOf(database, filter).length)).toEqual([7, 3, 5, 5]);
    // Along the trail, too, where another filter is answered by an index.
    expect(seqsOf(database, { sessionId: 'session', search: 'SAM' })).toHaveLength(7);
    openFold(database, auditProjection).apply([erased], erased.position);
    for (const filter of filters) {
      expect(seqsOf(database, filter)).toEqual([]);
      expect(seqsOf(database, { ...filter, sessionId: 'session' })).toEqual([]);
    }
    expect(seqsOf(database, { subjectId: SAM })).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(seqsOf(database, { ip: ADAS.ip, search: 'ada' })).toEqual([8, 7, 1, 0]);
  });

  it('stays forgotten where the read model was open before, with all that it remembers', () => {
    const { connection } = openReadModelFile(':memory:');
    const fold = openFold(connection, auditProjection);
    const queries = createAuditQueries(connectionAfter());
    function connectionAfter(): SqliteConnection {
      expect(fold.apply(story, 8n)).toBeNull();
      return connection;
    }
    expect(queries.page(ACME, { search: 'sam' }, ALL).rows).toHaveLength(7);
    // Sealed before the key was gone, and recorded after the erasure: a stranger tried a password meanwhile.
    const late = [told(10, 'nobody', event('PasswordRejected')), told(11, 'sam', event('UserRenamed'))];
    expect(fold.apply([erased, ...late], 11n)).toBeNull();
    for (const { ip, userAgent, subjectName } of queries.page(
      ACME,
      { subjectId: SAM, types: ['PasswordRejected', 'UserRenamed'] },
      ALL,
    ).rows) {
      expect([ip, userAgent, subjectName]).toEqual([null, null, null]);
    }
    expect(queries.page(ACME, { search: 'sam' }, ALL).rows).toEqual([]);
  });

  it('is shown the same by a read model that is built after the key is gone', () => {
    const before = found(given(auditProjection, ...story, erased));
    const after = found(given(auditProjection, ...[...story, erased].map(withoutKey)));
    expect(after).toEqual(before);
  });

  it('leaves nothing in any table', () => {
    const database = given(auditProjection, ...story, erased);
    const text = JSON.stringify(rowsOf(database, auditProjection));
    expect(text).not.toMatch(/samuel|SAM|Phone|PHONE|192\.0\.2\.7|Sam's browser/);
  });

  it('takes nothing from others: devices and addresses of other people stay', () => {
    const others = [
      {
        ...told(9, 'ada', event('MfaEnrollmentStarted', { userId: ADA, deviceId: 'key' })),
        personal: { deviceName: PHONE },
      },
      { ...told(10, 'ada', event('MfaEnabled', { userId: ADA, deviceId: 'key' })), request: SAMS },
    ] as LoggedEvent[];
    const database = given(auditProjection, ...story, ...others, { ...erased, position: 11n });
    expect(found(database)[1]).toMatchObject({ deviceName: PHONE, ...SAMS, subjectName: 'ada' });
    expect(seqsOf(database, { ip: SAMS.ip })).toEqual([9]);
  });
});

describe('Names in the trail', () => {
  it('are those that things had then', () => {
    const database = given(auditProjection, ...story);
    expect(found(database).map(({ subjectName }) => subjectName)).toEqual([
      ...['samuel', 'samuel', 'samuel', 'sam', 'sam', 'sam', 'sam', 'ada'],
    ]);
    expect(seqsOf(database, { search: 'amue' })).toEqual([7, 6, 5]);
  });

  it('of an audit token are found, and are the account’s', () => {
    const used = logged(event('AuditTokenUsed'), {
      position: 2,
      metadata: { actor: { kind: 'AUDIT_TOKEN', id: 'token' } },
      request: ADAS,
    });
    const database = given(
      auditProjection,
      told(1, 'ada', event('AuditTokenCreated')),
      used,
      told(3, 'ada', event('UserErased')),
    );
    expect(found(database, { search: 'siem' })).toMatchObject([
      { actorKind: 'AUDIT_TOKEN', actorName: 'SIEM', ...ADAS },
    ]);
  });
});
