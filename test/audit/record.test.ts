import { describe, expect, it } from '@jest/globals';
import {
  AUDIT_CATEGORIES,
  AUDIT_OUTCOMES,
  describe as describeEvent,
  TRAIL_EVENT_TYPES,
} from '../../src/audit/description.js';
import { sentenceOf } from '../../src/audit/sentence.js';
import { recordOf, trailOf } from '../../src/audit/record.js';
import { catalogue, type DomainEventType } from '../../src/domain/catalogue.js';
import type { StoredEvent } from '../../src/eventstore/event-store.js';
import { ACME, event } from '../support/builders.js';

const TYPES = Object.keys(catalogue) as DomainEventType[];

const NAMES: readonly DomainEventType[] = TYPES.filter(
  (type) => type.startsWith('Name') || type.startsWith('Reaction'),
);

const sealed = (commitment: string) => ({ personId: 'person', sealed: 'sealed', commitment });

/** An event as another release may have stored it: of an old revision, with a field that nobody knows. */
const STORED: StoredEvent = {
  id: 'event-1',
  type: 'UserCreated',
  revision: 0,
  data: { accountId: ACME, userId: 'sam', whatever: ['it', { was: null }] },
  metadata: {
    occurredAt: '2026-01-01T00:00:00.000Z',
    actor: { kind: 'USER', id: 'ada' },
    sessionId: 'session',
    requestId: 'request',
    correlationId: 'correlation',
    causationId: null,
  },
  personal: { request: sealed('of the request'), subject: sealed('of the subject') },
  stream: 'user-sam',
  version: 3,
  position: 42n,
  recordedAt: '2026-01-01T00:00:00.123Z',
};

describe('The record of an event', () => {
  it('has exactly what is stored, its place in the trail and the commitments: the subject’s, then the request’s', () => {
    const { id, type, revision, data, metadata, stream, version } = STORED;
    expect(recordOf(STORED, 7)).toStrictEqual({
      ...{ v: 1, seq: 7, id, type, revision, data, metadata, stream, version },
      personal: ['of the subject', 'of the request'],
    });
  });

  it('is the same in a copy of the log, which has other positions and times of writing', () => {
    const copy = { ...STORED, position: 9_000n, recordedAt: '2027-07-07T07:07:07.777Z' };
    expect(recordOf(copy, 7)).toStrictEqual(recordOf(STORED, 7));
  });

  it('has no personal value, sealed or not, and no name of whose it is', () => {
    const text = JSON.stringify(recordOf(STORED, 0));
    for (const word of ['"sealed"', '"person"']) expect(text).not.toContain(word);
  });

  it.each([
    ['no commitment where nothing personal is in it', {}, []],
    ['one where only its subject is', { personal: { subject: sealed('s') } }, ['s']],
    ['one where only the request is', { personal: { request: sealed('r') } }, ['r']],
  ])('has %s', (_, part, commitments) => {
    const { personal: _personal, ...bare } = STORED;
    expect(recordOf({ ...bare, ...part }, 0).personal).toStrictEqual(commitments);
  });

  it('stays as it was where values were sealed anew or erased: their commitments stay', () => {
    const subject = { ...sealed('of the subject'), sealed: 'sealed under another key' };
    const resealed = { ...STORED, personal: { ...STORED.personal, subject } };
    expect(recordOf(resealed, 7)).toStrictEqual(recordOf(STORED, 7));
  });
});

describe('The trail of an event', () => {
  it.each(['account', 'user', 'mfa', 'password', 'session'])(
    'is its account’s, in a stream of category %s',
    (category) => {
      expect(trailOf({ stream: `${category}-1`, data: { accountId: ACME } })).toBe(ACME);
    },
  );

  it.each([
    ['streams of names', 'name-digest', { accountId: ACME }],
    ['streams of process managers', 'reaction-mail-1', { accountId: ACME }],
    ['streams of no category', 'user', { accountId: ACME }],
    ['events without an account', 'user-1', { userId: 'sam' }],
    ['events with an account that is no text', 'user-1', { accountId: 7 }],
  ])('does not exist for %s', (_, stream, data) => {
    expect(trailOf({ stream, data })).toBeNull();
  });
});

describe('The description of an event', () => {
  const inTrail = TYPES.filter((type) => !NAMES.includes(type));

  it('exists for every type that stands in a trail, and for no other', () => {
    expect([...TRAIL_EVENT_TYPES].sort()).toEqual([...inTrail].sort());
    for (const type of NAMES) expect(describeEvent(event(type))).toBeNull();
  });

  it.each(inTrail)('says of %s what it is about, how it ended and, in a word, why', (type) => {
    const described = describeEvent(event(type));
    expect(AUDIT_CATEGORIES).toContain(described?.category);
    expect(AUDIT_OUTCOMES).toContain(described?.outcome);
    expect(described?.reason ?? 'NONE').toMatch(/^[A-Z_ ]+$/);
  });

  it.each(inTrail)('has a sentence for %s, with the names that subject and device had', (type) => {
    const sentence = sentenceOf(type, { subject: 'Sam', device: 'Phone' });
    expect(sentence).toMatch(/^[A-Z][^{}]+[^.{}]$/);
    expect(sentence).not.toContain(type);
    expect(sentenceOf(type, { subject: null, device: null })).not.toMatch(/[{}]|null|undefined/);
  });

  it('fails for refusals and what was abandoned, and for nothing else', () => {
    const failed = inTrail.filter((type) => describeEvent(event(type))?.outcome === 'FAILURE');
    expect(failed.sort()).toEqual([
      'MfaCodeRejected',
      'MfaCodeReplayed',
      'MfaEnrollmentCodeRejected',
      'PasswordRejected',
      'RecoveryCodeRejected',
      'RegistrationAbandoned',
      'UserRenameAbandoned',
    ]);
  });

  it('takes its word from the event where that says why', () => {
    expect(describeEvent(event('MfaCodeRejected', { reason: 'STALE' }))?.reason).toBe('STALE');
    expect(describeEvent(event('SessionEnded', { reason: 'SIGNED_OUT' }))?.reason).toBe('SIGNED_OUT');
  });

  it('takes a name for what it is, whatever it looks like', () => {
    const names = { subject: '$& {device}', device: 'Phone' };
    expect(sentenceOf('MfaEnabled', names)).toBe('Virtual MFA device Phone of $& {device} was enabled');
  });

  it('is the type itself for a type that this release does not know', () => {
    expect(sentenceOf('FromTheFuture', { subject: 'Sam', device: null })).toBe('FromTheFuture');
  });
});
