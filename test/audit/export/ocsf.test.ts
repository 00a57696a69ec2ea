import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TRAIL_EVENT_TYPES } from '../../../src/audit/description.js';
import { DEFAULT_OCSF_VERSION, OCSF_VERSIONS } from '../../../src/audit/export/ocsf/activities.js';
import { ocsfEvent } from '../../../src/audit/export/ocsf/ocsf-event.js';
import { leafHash } from '../../../src/audit/merkle/hashing.js';
import type { Owed } from '../../../src/domain/session/events.js';
import { event } from '../../support/builders.js';
import { ocsfFaults } from '../../support/ocsf/validate.js';
import { fixtureOf, ocsfOf, sourceOf, trailFixtures } from './given.js';

const every = OCSF_VERSIONS.flatMap((version) =>
  trailFixtures.map((fixture) => [version, fixture.event.type, fixture] as const),
);

describe('An event exported as OCSF', () => {
  it('is of every type that stands in a trail', () => {
    expect([...new Set(trailFixtures.map(({ event }) => event.type))].sort()).toEqual([...TRAIL_EVENT_TYPES].sort());
  });

  it.each(every)('is what the schema asks for: %s, %s', (version, _, fixture) => {
    expect(ocsfFaults(ocsfEvent(sourceOf(fixture), version), version)).toEqual([]);
  });

  it.each(every)('is so without names and origin, when these are forgotten: %s, %s', (version, _, fixture) => {
    const forgotten = { actorName: null, subjectName: null, deviceName: null, ip: null, userAgent: null };
    expect(ocsfFaults(ocsfEvent(sourceOf(fixture, forgotten), version), version)).toEqual([]);
  });

  it('is in 1.8.0 unless another version is asked for', () => {
    expect(DEFAULT_OCSF_VERSION).toBe('1.8.0');
  });

  it('says who did what to whom, when, from where, with which factor', () => {
    expect(ocsfOf('MfaDisabled', { ip: '192.0.2.7', userAgent: 'Firefox' })).toMatchObject({
      type_uid: 300111,
      type_name: 'Account Change: MFA Factor Disable',
      severity: 'Medium',
      status: 'Success',
      status_code: expect.stringMatching(/^(SELF|ADMINISTRATOR)$/),
      message: expect.stringContaining('sam'),
      actor: { user: { name: 'ada' } },
      user: { name: 'sam', has_mfa: false },
      src_endpoint: { ip: '192.0.2.7' },
      http_request: { user_agent: 'Firefox' },
      auth_factors: [{ factor_type_id: 7, is_totp: true }],
      metadata: { event_code: 'MfaDisabled', sequence: 7, version: '1.8.0' },
    });
  });

  it('ties its line to the native record: its text, that text’s hash, its place, its leaf', () => {
    const { record } = sourceOf(fixtureOf('MfaEnabled'));
    const { raw_data: text, raw_data_hash: hash, unmapped } = ocsfOf('MfaEnabled');
    expect(JSON.parse(String(text))).toEqual(record);
    expect(hash).toMatchObject({ value: createHash('sha256').update(String(text)).digest('hex') });
    const leaf = Buffer.from(leafHash(String(text))).toString('base64');
    expect(unmapped).toEqual({ seq: 7, leaf_hash: leaf });
  });

  it.each([
    ['a wrong code', 'MfaCodeRejected', { type_uid: 300299, status_code: 'INVALID_MFA_CODE' }],
    ['a repeated code', 'MfaCodeReplayed', { status_code: 'MFA_CODE_REPLAYED' }],
    ['a wrong password', 'PasswordRejected', { type_uid: 300201, status_code: 'INVALID_CREDENTIALS' }],
  ])('calls a refusal by its reason: %s', (_, type, expected) => {
    expect(ocsfOf(type)).toMatchObject({ status: 'Failure', ...expected });
  });

  describe('of a session', () => {
    const began = (owes: readonly Owed[] | null) => {
      const source = sourceOf(fixtureOf('SessionStarted'));
      return ocsfEvent({ ...source, event: event('SessionStarted', { owes }) }, '1.8.0');
    };

    it.each<[readonly Owed[]]>([[['MFA_CHALLENGE']], [['MFA_ENROLLMENT']], [['PASSWORD_CHANGE', 'MFA_ENROLLMENT']]])(
      'is no logon while a factor is owed: %j',
      (owes) => {
        expect(began(owes)).toMatchObject({
          ...{ type_uid: 300206, activity_name: 'Preauth', status: 'Success' },
          ...{ is_mfa: false, status_detail: `Still owed: ${owes.join(', ')}` },
        });
        expect(ocsfFaults(began(owes), '1.8.0')).toEqual([]);
      },
    );

    it('is the logon where no factor is owed, and where the last one was proven', () => {
      expect(began([])).toMatchObject({ type_uid: 300201, activity_name: 'Logon', is_mfa: false });
      expect(began([])).not.toHaveProperty('status_detail');
      expect(began(['PASSWORD_CHANGE'])).toMatchObject({
        ...{ type_uid: 300201, status_detail: 'Still owed: PASSWORD_CHANGE' },
      });
      expect(ocsfOf('SessionRaised')).toMatchObject({ type_uid: 300201, activity_name: 'Logon', is_mfa: true });
    });

    it('says that nobody knows, where what was owed was not recorded', () => {
      expect(began(null)).toMatchObject({
        ...{ type_uid: 300200, activity_id: 0, activity_name: 'Unknown', type_name: 'Authentication: Unknown' },
        status_detail: 'It was not recorded whether a second factor was owed',
      });
      expect(ocsfFaults(began(null), '1.8.0')).toEqual([]);
    });
  });

  it('is of User Management where Account Change is deprecated', () => {
    expect(ocsfOf('MfaEnabled', {}, '1.9.0')).toMatchObject({ type_uid: 300712, class_name: 'User Management' });
    expect(ocsfFaults(ocsfOf('MfaEnabled'), '1.9.0')).toContain('class_uid: 3001 is deprecated');
  });
});

describe('The check against the schema', () => {
  const sound = ocsfOf('MfaEnabled');
  const without = (name: string) => Object.fromEntries(Object.entries(sound).filter(([key]) => key !== name));

  it.each([
    ['misses what is required', without('user'), 'user: is missing'],
    ['misses what an object requires', { ...sound, auth_factors: [{}] }, 'auth_factors[0].factor_type_id: is missing'],
    ['has what is unknown', { ...sound, colour: 'red' }, 'colour: is unknown'],
    ['has what an object does not know', { ...sound, user: { uid: '1', hat: 'red' } }, 'user.hat: is unknown'],
    ['has a value that is none', { ...sound, severity_id: 7 }, 'severity_id: 7 is none of its values'],
    ['has another caption', { ...sound, severity: 'High' }, 'severity_id: its caption is Informational'],
    ['has text for a number', { ...sound, time: '0' }, 'time: no timestamp_t'],
    ['has no list', { ...sound, auth_factors: {} }, 'auth_factors: no list'],
    ['has no address', { ...sound, src_endpoint: { ip: 'here' } }, 'src_endpoint.ip: no ip_t'],
    ['has nothing of what one is asked for', { ...sound, user: {} }, 'user.: has none of account, name, uid'],
    ['is of no class', { ...sound, class_uid: 3999 }, 'class_uid: 3999 is no class'],
    ['has a type that does not follow', { ...sound, type_uid: 1 }, 'type_uid: does not follow'],
    ['says another version', { ...sound, metadata: { version: '1' } }, 'metadata.version: is not 1.8.0'],
  ])('says so of an event that %s', (_, event, fault) => {
    expect(ocsfFaults(event, '1.8.0')).toContain(fault);
  });

  it('knows what a version does not have yet', () => {
    const newer = { ...sound, raw_data_hash: { algorithm_id: 18, value: 'x' }, src_endpoint: { ip: '::1', pool: {} } };
    expect(ocsfFaults(newer, '1.7.0')).toEqual(
      expect.arrayContaining([
        'src_endpoint.pool: is unknown',
        'raw_data_hash.algorithm_id: 18 is none of its values yet',
      ]),
    );
    expect(ocsfFaults({ ...ocsfOf('SessionStarted'), service: undefined }, '1.8.0')).toContain(
      ': has none of service, dst_endpoint',
    );
  });
});
