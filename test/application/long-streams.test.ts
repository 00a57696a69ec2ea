import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { authenticate } from '../../src/application/authenticate.js';
import type { Application } from '../../src/application/application.js';
import { endSession } from '../../src/application/end-session.js';
import { load } from '../../src/application/execute.js';
import { createKnownStates } from '../../src/application/states.js';
import { sessionDecider } from '../../src/domain/session/decider.js';
import { categoryOf, streamName } from '../../src/domain/stream.js';
import { event, times } from '../support/builders.js';
import { done } from '../../src/application/result.js';
import { openWorld, requestContext, send, sessionIdOf, tokenOf, type World } from '../support/world.js';

let world: World;
let token: string;

const CHALLENGES = 4_500;

beforeEach(async () => {
  world = await openWorld();
  token = await tokenOf(world.app, world.user);
});

afterEach(() => world.close());

/** Opens thousands of challenges in the session, as no client may any more. */
async function openChallenges(): Promise<void> {
  const { app } = world;
  const sessionId = sessionIdOf(token);
  const { accountId, userId } = world;
  const metadata = {
    ...{ occurredAt: world.clock.now(), actor: { kind: 'USER', id: userId } as const, sessionId, causationId: null },
    ...{ requestId: 'request', correlationId: 'request' },
  } as const;
  for (let n = 0; n < CHALLENGES; n += 500) {
    const events = times(500, (one) =>
      event('OperationChallenged', { accountId, userId, challengeId: `challenge ${n + one}` }),
    );
    const eventIds = events.map(() => randomUUID());
    const { version } = await load(app, sessionDecider, sessionId);
    await app.log.append(streamName('session', sessionId), version, events, {
      ...{ metadata, eventIds, subjectPersonId: null, request: null },
    });
  }
}

/** Another node on the same log that has read nothing yet, with the portions of streams that it reads. */
function anotherNode(): { readonly app: Application; readonly reads: { stream: string; events: number }[] } {
  const reads: { stream: string; events: number }[] = [];
  const log: Application['log'] = {
    ...world.app.log,
    async readStream(stream, options = {}) {
      const events = await world.app.log.readStream(stream, options);
      // As a log in a cluster, which others are read beside meanwhile.
      await nextTurn();
      reads.push({ stream, events: events.length });
      return events;
    },
  };
  return { app: { ...world.app, log, states: createKnownStates() }, reads };
}

const withWrongSecret = () => `${sessionIdOf(token)}.${'A'.repeat(43)}`;

const eventsRead = (reads: readonly { readonly events: number }[]) =>
  reads.reduce((sum, { events }) => sum + events, 0);

describe('Somebody who knows the id of a session that has ended, and not its secret', () => {
  beforeEach(async () => {
    await openChallenges();
    await send(world.app, token, async (app, request, current) => {
      await endSession(app, request, current, 'SIGNED_OUT');
      return done(null);
    });
  });

  it('has its stream read once, and no other stream', async () => {
    const { app, reads } = anotherNode();
    for (let time = 0; time < 5; time += 1) {
      expect(await authenticate(app, requestContext(), withWrongSecret())).toEqual({ current: null, position: 0n });
    }
    expect(new Set(reads.map(({ stream }) => categoryOf(stream as `session-${string}`)))).toEqual(new Set(['session']));
    expect(eventsRead(reads)).toBe(CHALLENGES + 2);
  });

  it('has its stream read once also by many requests at the same time', async () => {
    const { app, reads } = anotherNode();
    await Promise.all(times(50, () => authenticate(app, requestContext(), withWrongSecret())));
    // Each reads the first hundred events; then one reads on for all.
    expect(eventsRead(reads)).toBe(CHALLENGES + 2 + 49 * 100);
    const session = await load(app, sessionDecider, sessionIdOf(token));
    expect(session).toMatchObject({ version: CHALLENGES + 2, state: { status: 'ENDED' } });
  });

  it('is told no more than somebody whose secret is right, whose session is over', async () => {
    const { app } = anotherNode();
    const { current, position } = await authenticate(app, requestContext(), token);
    expect(current).toBeNull();
    expect(position).toBeGreaterThan(0n);
  });
});

describe('A long stream', () => {
  beforeEach(openChallenges);

  it('keeps few challenges in the folded state of its session', async () => {
    const { state } = await load(world.app, sessionDecider, sessionIdOf(token));
    expect(JSON.stringify(state).length).toBeLessThan(5_000);
  });

  it('is told of to everybody who waits while somebody else reads it', async () => {
    const { app } = anotherNode();
    const portions = [0, 0, 0];
    await Promise.all(
      portions.map((_, index) =>
        load(app, sessionDecider, sessionIdOf(token), () => {
          portions[index] = (portions[index] ?? 0) + 1;
        }),
      ),
    );
    for (const told of portions) expect(told).toBeGreaterThan(0);
  });

  it('is read by who waits for it where the one who reads fails', async () => {
    const { app } = anotherNode();
    let reads = 0;
    const log: Application['log'] = {
      ...app.log,
      readStream(stream, options) {
        reads += 1;
        // Both have read the first events by then.
        return reads !== 3 ? app.log.readStream(stream, options) : Promise.reject(new Error('the disk is gone'));
      },
    };
    const node = { ...app, log };
    const both = [1, 2].map(() => load(node, sessionDecider, sessionIdOf(token)));
    const [first, second] = await Promise.allSettled(both);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'the disk is gone' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { version: CHALLENGES + 1 } });
  });

  it('shows who waits for it what was appended before they asked', async () => {
    const { app } = anotherNode();
    const waiting = times(3, () => load(app, sessionDecider, sessionIdOf(token)));
    await send(world.app, token, async (of, request, current) => {
      await endSession(of, request, current, 'SIGNED_OUT');
      return done(null);
    });
    const asked = await load(app, sessionDecider, sessionIdOf(token));
    expect(asked.state.status).toBe('ENDED');
    await Promise.all(waiting);
  });
});
