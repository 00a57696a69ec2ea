import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { authenticate } from '../../src/application/authenticate.js';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import type { Application } from '../../src/application/application.js';
import { execute, load } from '../../src/application/execute.js';
import { byNobody } from '../../src/application/authorship.js';
import { createKnownStates } from '../../src/application/states.js';
import { accountDecider } from '../../src/domain/account/decider.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import { MINUTE } from '../../src/domain/instant.js';
import { mfaDecider } from '../../src/domain/mfa/decider.js';
import { nameDecider } from '../../src/domain/name/decider.js';
import { passwordDecider, type CheckPassword } from '../../src/domain/password/decider.js';
import { sessionDecider } from '../../src/domain/session/decider.js';
import { categoryOf, streamName, type StreamCategory } from '../../src/domain/stream.js';
import { userDecider } from '../../src/domain/user/decider.js';
import type { Envelope, ReadOptions } from '../../src/eventstore/event-log.js';
import { interleave, seededRandom } from '../support/interleave.js';
import { enableDevice, openWorld, requestContext, send, tokenOf, trySignIn, type World } from '../support/world.js';

const deciders = {
  account: accountDecider,
  user: userDecider,
  mfa: mfaDecider,
  password: passwordDecider,
  session: sessionDecider,
  name: nameDecider,
};

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

/** Another node on the same log, that has read nothing yet; what it reads is noted. */
function nodeOf({ app }: World): Application & { readonly reads: ReadOptions[] } {
  const reads: ReadOptions[] = [];
  const log: Application['log'] = {
    ...app.log,
    async readStream(stream, options = {}) {
      const events = await app.log.readStream(stream, options);
      if (events.length > 0) reads.push(options);
      return events;
    },
  };
  return { ...app, log, states: createKnownStates(), reads };
}

function envelopeOf(events: number): Envelope {
  const metadata = {
    occurredAt: world.clock.now(),
    actor: { kind: 'ANONYMOUS', id: null },
    sessionId: null,
    requestId: 'request',
    correlationId: 'request',
    causationId: null,
  } as const;
  return { metadata, eventIds: Array.from({ length: events }, randomUUID), subjectPersonId: null, request: null };
}

function reject(app: Application, userId: string) {
  return execute(app, requestContext(), {
    decider: passwordDecider,
    id: userId,
    by: byNobody,
    command: (): CheckPassword => ({
      type: 'CheckPassword',
      isCurrent: true,
      ...{ accountId: world.accountId, userId, browserId: null, matches: false, now: world.clock.now() },
    }),
  });
}

function failuresIn({ budgets }: { readonly budgets: Readonly<Record<string, { readonly failures: number }>> }) {
  return Object.values(budgets).map(({ failures }) => failures);
}

/** The streams whose known state is another one than their events come to. */
async function wrongIn(app: Application): Promise<string[]> {
  const wrong: string[] = [];
  for (const stream of new Set((await world.events()).map((event) => event.stream))) {
    const decider = deciders[categoryOf(stream) as Exclude<StreamCategory, 'grant' | 'reaction'>];
    const known = app.states.of(stream as `user-${string}`);
    if (known === undefined) continue;
    const id = stream.slice(decider.category.length + 1);
    const events = (await app.log.readStream(streamName(decider.category, id))).slice(0, known.version);
    const state = events.reduce(decider.evolve as (state: unknown, event: unknown) => unknown, decider.initial);
    const folded = { state, version: events.length, position: events.at(-1)?.position };
    if (JSON.stringify(known.state) !== JSON.stringify(state)) wrong.push(stream);
    expect(known).toStrictEqual(folded);
  }
  return wrong;
}

describe('A node that knows the state of a stream', () => {
  it('reads only what was appended since, by itself or by another node', async () => {
    const [here, there] = [nodeOf(world), nodeOf(world)];
    await load(here, passwordDecider, world.userId);
    await reject(here, world.userId);
    await reject(there, world.userId);
    await reject(there, world.userId);
    const { state, version } = await load(here, passwordDecider, world.userId);
    expect([failuresIn(state), version]).toStrictEqual([[3], 3]);
    expect(here.reads.map(({ after }) => after)).toStrictEqual([1]);
    expect(there.reads.map(({ after }) => after)).toStrictEqual([0]);
  });

  it('decides on what another node has appended, though it had read before', async () => {
    const nodes = [nodeOf(world), nodeOf(world), nodeOf(world)];
    await Promise.all(nodes.map((node) => load(node, passwordDecider, world.userId)));
    await Promise.all(nodes.map((node) => reject(node, world.userId)));
    for (const node of nodes) {
      expect(failuresIn((await load(node, passwordDecider, world.userId)).state)).toStrictEqual([3]);
    }
  });

  it('has the state that the events come to, whoever appended them, in whatever order', async () => {
    const { app, user, userId, clock } = world;
    const { authenticator } = await enableDevice(world, await tokenOf(app, user));
    const other = nodeOf(world);
    for (let seed = 0; seed < 20; seed += 1) {
      clock.advance(MINUTE);
      const token = await tokenOf(seed % 2 === 0 ? app : other, user);
      const code = authenticator.nextCode();
      const answers = (node: Application) => (ports: Application) =>
        send({ ...ports, states: node.states }, token, (...given) => answerMfaChallenge(...given, { code }), [
          'MFA_CHALLENGE',
        ]);
      await interleave(app, seededRandom(seed), {
        here: answers(app),
        there: answers(other),
        wrong: (ports) => reject({ ...ports, states: other.states }, userId),
        signsIn: (ports) => trySignIn(ports, user),
      });
      expect([...(await wrongIn(app)), ...(await wrongIn(other))]).toStrictEqual([]);
    }
  });

  it('fails at an event that it cannot read, each time anew', async () => {
    const { app, store, userId } = world;
    await reject(app, userId);
    const { metadata } = envelopeOf(1);
    const foreign = { id: randomUUID(), type: 'SomethingNewer', revision: 1, data: {}, metadata };
    await store.append(`password-${userId}`, 1, [foreign]);
    for (let time = 0; time < 3; time += 1) {
      await expect(load(app, passwordDecider, userId)).rejects.toMatchObject({ code: 'UNREADABLE_EVENT' });
      await expect(reject(app, userId)).rejects.toMatchObject({ code: 'UNREADABLE_EVENT' });
    }
  });

  it('folds a long stream in portions, and others have their turn meanwhile', async () => {
    const userId = randomUUID();
    const ids = { accountId: world.accountId, userId, browserId: null };
    const accepted: DomainEvent = { type: 'PasswordAccepted', data: ids, personal: null };
    for (let version = 0; version < 2_000; version += 100) {
      const events = Array.from({ length: 100 }, () => accepted);
      await world.app.log.append(streamName('password', userId), version, events, envelopeOf(100));
    }
    const node = nodeOf(world);
    let turns = 0;
    let folded = false;
    const turn = (): void => {
      turns += 1;
      if (!folded) setImmediate(turn);
    };
    setImmediate(turn);
    let portions = 0;
    const loaded = await load(node, passwordDecider, userId, () => (portions += 1));
    expect(loaded.version).toBe(2_000);
    folded = true;
    expect(turns).toBeGreaterThan(0);
    expect(portions).toBe(2);
    expect(node.reads).toStrictEqual([
      { after: 0, limit: 100 },
      { after: 100, limit: 1_000 },
      { after: 1_100, limit: 1_000 },
    ]);
  });

  it('tells whoever looks for a session that it gets on with the long stream of its user', async () => {
    const token = await tokenOf(world.app, world.user);
    const { userId } = world;
    const { version } = await load(world.app, mfaDecider, userId);
    const data = { accountId: world.accountId, userId };
    const unlocked = { type: 'MfaUnlocked', data, personal: null } as DomainEvent;
    for (let at = version; at < 1_500; at += 100) {
      const events = Array.from({ length: 100 }, () => unlocked);
      await world.app.log.append(streamName('mfa', userId), at, events, envelopeOf(100));
    }
    let portions = 0;
    const found = await authenticate(nodeOf(world), requestContext(), token, () => (portions += 1));
    expect(found.current?.user.userId).toBe(userId);
    expect(portions).toBe(2);
  });

  it('forgets it when a person is erased, also where it was just being read', async () => {
    const { app, userId } = world;
    const gone: Application = {
      ...app,
      states: createKnownStates(),
      log: {
        ...app.log,
        async readStream(stream, options) {
          const events = await app.log.readStream(stream, options);
          gone.states.forget();
          return events;
        },
      },
    };
    await load(app, userDecider, userId);
    app.states.forget();
    expect(app.states.of(streamName('user', userId))).toBeUndefined();
    await load(gone, userDecider, userId);
    expect(gone.states.of(streamName('user', userId))).toBeUndefined();
  });
});

describe('Known states', () => {
  const loaded = (version: number) => ({ state: version, version, position: BigInt(version) });

  it('are never replaced by older ones', () => {
    const states = createKnownStates();
    states.keep('user-sam', loaded(2), states.round());
    states.keep('user-sam', loaded(1), states.round());
    expect(states.of('user-sam')).toStrictEqual(loaded(2));
  });

  it('are so many and no more: those longest unused go first', () => {
    const states = createKnownStates(2);
    for (const stream of ['user-a', 'user-b'] as const) states.keep(stream, loaded(1), states.round());
    states.of('user-a');
    states.keep('user-c', loaded(1), states.round());
    const kept = (['user-a', 'user-b', 'user-c'] as const).map((stream) => states.of(stream)?.version);
    expect(kept).toStrictEqual([1, undefined, 1]);
  });
});
