import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../src/domain/catalogue.js';
import { categoryOf } from '../src/domain/stream.js';
import { commitmentTo } from '../src/canonical/commitment.js';
import { decodeFixture, fixtures, openFixture } from './support/fixtures.js';

const types = Object.entries(catalogue);
const every = fixtures.map(({ file, event }) => [file, event] as const);
/** Only of the current revision: what older ones held, their upcasters know. */
const current = types.flatMap(([name, type]) =>
  fixtures
    .filter(({ event }) => event.type === name && event.revision === type.revision)
    .map(({ file, event }) => [file, type, event] as const),
);

const FORBIDDEN = /(?:secret|code|token|password)s?$/i;
/** What a digest is made of does not follow from it. */
const ALLOWED: readonly string[] = ['secretDigest'];

function isForbidden(key: string): boolean {
  return FORBIDDEN.test(key) && !ALLOWED.includes(key);
}

function keysIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [...(Array.isArray(value) ? [] : [key]), ...keysIn(part)]);
}

describe('The fixtures of events', () => {
  const expected = types.flatMap(([name, { revision }]) =>
    Array.from({ length: revision }, (_, index) => `${name}.v${index + 1}.json`),
  );

  it('are one of every type and revision, and no other', () => {
    expect(fixtures.map(({ file }) => file).sort()).toEqual(expected.sort());
  });

  it.each(every)('%s has the type and revision that it is called by', (file, { type, revision }) => {
    expect(`${type}.v${revision}.json`).toBe(file);
  });

  it('have ids and positions of their own', () => {
    expect(new Set(fixtures.map(({ event }) => event.id)).size).toBe(fixtures.length);
    expect(new Set(fixtures.map(({ event }) => event.position)).size).toBe(fixtures.length);
  });
});

describe('The fixture', () => {
  it.each(current)('%s has exactly the fields of its type, each holding what it may', (_, type, { data }) => {
    expect(Object.keys(data).sort()).toEqual(Object.keys(type.data).sort());
    const unfit = Object.entries(type.data).filter(([name, field]) => !field.accepts(data[name]));
    expect(unfit).toEqual([]);
  });

  it.each(current)('%s stands in a stream of its type', (_, type, { stream }) => {
    expect(type.streams).toContain(categoryOf(stream));
  });

  it.each(current)('%s seals exactly the personal values of its type', (_, type, event) => {
    const opening = openFixture(event, 'subject');
    expect(Object.keys(opening?.values ?? {}).sort()).toEqual([...type.personal].sort());
  });

  it.each(every)('%s is committed to what it seals', (_, event) => {
    for (const slot of ['subject', 'request'] as const) {
      const opening = openFixture(event, slot);
      expect(event.personal?.[slot]?.commitment).toBe(opening === null ? undefined : commitmentTo(opening));
    }
  });

  it.each(every)('%s has the envelope that every event has', (_, event) => {
    const fields = ['id', 'type', 'revision', 'data', 'metadata', 'stream', 'version', 'position', 'recordedAt'];
    expect(Object.keys(event).filter((key) => key !== 'personal')).toEqual(fields);
    expect(Object.keys(event.metadata)).toEqual([
      'occurredAt',
      'actor',
      'sessionId',
      'requestId',
      'correlationId',
      'causationId',
    ]);
  });

  it.each(fixtures.map((fixture) => [fixture.file, fixture] as const))('%s is read for ever', (_, fixture) => {
    const { type, version, metadata } = fixture.event;
    expect(decodeFixture(fixture)).toMatchObject({ type, version, metadata });
  });

  it.each(every)('%s has no key that a secret could be under', (_, { data, metadata, personal }) => {
    expect(keysIn({ data, metadata, personal }).filter(isForbidden)).toEqual([]);
  });
});

describe('A key that a secret could be under', () => {
  it.each(['secret', 'code', 'token', 'password', 'totpSecret', 'recoveryCodes', 'access_token', 'newPassword'])(
    'is %s',
    (key) => {
      expect(keysIn({ list: [{ [key]: 'x' }] }).filter(isForbidden)).toEqual([key]);
    },
  );

  it.each(types)('is none of the fields and personal values of %s', (_, { data, personal }) => {
    expect([...Object.keys(data), ...personal].filter(isForbidden)).toEqual([]);
  });
});
