import { describe, expect, it } from '@jest/globals';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { sessionsProjection } from '../../src/projections/sessions/sessions-projection.js';
import { usersProjection } from '../../src/projections/users/users-projection.js';
import { event } from '../support/builders.js';
import { given, logged, openFold, rowsOf } from './given.js';

const FROM = { ip: '192.0.2.77', userAgent: 'Featherstone-Browser/3.77' };
const KIM = { userId: 'kim' };

/** Sam and Kim come and sign in; Sam is deleted and erased, and one sign-in of his comes too late. */
function story(request: typeof FROM | null, names: boolean): readonly LoggedEvent[] {
  const own = { ...event('UserCreated'), personal: names ? event('UserCreated').personal : null };
  const happened: readonly (readonly [
    stream: string,
    event: Parameters<typeof logged>[0],
    from?: typeof FROM | null,
  ])[] = [
    ['user-sam', own],
    ['user-kim', { ...event('UserCreated', KIM), personal: { username: 'kim', displayName: 'Kim', email: null } }],
    ['session-s1', event('SessionStarted'), request],
    ['session-k1', event('SessionStarted', KIM), FROM],
    ['user-sam', names ? event('UserRenamed') : { ...event('UserRenamed'), personal: null }],
    ['session-s2', event('SessionStarted'), request],
    ['session-s1', event('SessionEnded')],
    ['user-sam', event('UserDeleted')],
    ['user-sam', event('UserErased')],
    ['session-s3', event('SessionStarted'), request],
  ];
  return happened.map(([stream, what, from = null], index) =>
    logged(what, { position: index + 1, stream, request: from }),
  );
}

/** The rows after a story that came in batches of one size. */
function after(projection: typeof sessionsProjection, events: readonly LoggedEvent[], size: number) {
  const { connection } = openReadModelFile(':memory:');
  const fold = openFold(connection, projection);
  for (let start = 0; start < events.length; start += size) {
    const batch = events.slice(start, start + size);
    expect(fold.apply(batch, batch.at(-1)?.position ?? 0n)).toBeNull();
  }
  return rowsOf(connection, projection);
}

describe.each([sessionsProjection, usersProjection])('The read model of $name', (projection) => {
  const rebuilt = rowsOf(given(projection, ...story(null, false)), projection);

  it.each([1, 2, 3, 4, 5, 9, 10])(
    'has forgotten whoever was erased, as one that is built later, in batches of %i',
    (size) => {
      const rows = after(projection, story(FROM, true), size);
      expect(JSON.stringify(rows)).not.toMatch(/Sam|samuel/);
      expect(rows).toEqual(rebuilt);
    },
  );

  it('has not forgotten others', () => {
    expect(JSON.stringify(after(projection, story(FROM, true), 3))).toMatch(/Kim/);
  });
});

describe('Of a session of whoever was erased', () => {
  it.each([1, 3, 10])('it is not known where it began, also of one that came too late, in batches of %i', (size) => {
    const { sessions_4: rows } = after(sessionsProjection, story(FROM, true), size);
    expect(rows).toMatchObject([
      { session_id: 'k1', ip: FROM.ip, user_agent: FROM.userAgent },
      ...['s1', 's2', 's3'].map((session_id) => ({ session_id, ip: null, user_agent: null })),
    ]);
  });
});

describe('The file of the read models', () => {
  it('has what a row held overwritten', () => {
    const { connection } = openReadModelFile(':memory:');
    expect(connection.pragma('secure_delete')).toBe(2);
  });
});
