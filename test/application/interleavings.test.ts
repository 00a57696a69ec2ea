import { describe, expect, it } from '@jest/globals';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import type { Application } from '../../src/application/application.js';
import { disableMfa } from '../../src/application/disable-mfa.js';
import type { Challenged } from '../../src/application/guard.js';
import { deleteSubUser } from '../../src/application/manage-user.js';
import { destroySecrets } from '../../src/application/process-managers/destroy-secrets.js';
import { reactionContext } from '../../src/application/process-managers/process-manager.js';
import { sweepVault } from '../../src/application/process-managers/sweep.js';
import { requireSubUserMfa } from '../../src/application/require-sub-user-mfa.js';
import { revokeSession } from '../../src/application/revoke-session.js';
import { authenticate } from '../../src/application/authenticate.js';
import { HOUR, MINUTE } from '../../src/domain/instant.js';
import { mfaDecider } from '../../src/domain/mfa/decider.js';
import type { RequirementStart } from '../../src/domain/mfa/events.js';
import { load } from '../../src/application/execute.js';
import { interleave, oneOf, seededRandom, type Step } from '../support/interleave.js';
import { expectInvariants, ofType, standingOf } from '../support/invariants.js';
import {
  creating,
  enableDevice,
  openWorld,
  PRIMARY,
  requestContext,
  send,
  sendEnabling,
  sessionIdOf,
  starting,
  tokenOf,
  trySetUp,
  trySignIn,
  valueOf,
  verify,
  type Command,
  type World,
} from '../support/world.js';

const RUNS = 200;

interface Run {
  readonly world: World;
  readonly random: () => number;
}

interface Outcome {
  readonly steps: readonly Step[];
  /** What it came to, in a word: the runs of a test are to come to several. */
  readonly came: string;
}

/** Runs the same race in 200 worlds, each in an order of its own; a failure names the seed. */
async function race(run: (run: Run) => Promise<Outcome>): Promise<Record<string, number>> {
  const orders = new Set<string>();
  const came: Record<string, number> = {};
  for (let seed = 0; seed < RUNS; seed += 1) {
    const world = await openWorld();
    try {
      const outcome = await run({ world, random: seededRandom(seed) });
      orders.add(outcome.steps.map(({ lane, call }) => `${lane}: ${call}`).join('\n'));
      came[outcome.came] = (came[outcome.came] ?? 0) + 1;
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      await world.close();
    }
  }
  expect(orders.size).toBeGreaterThan(RUNS / 2);
  return came;
}

function requiring(world: World, effective: RequirementStart) {
  const { primary, userId } = world;
  return (app: Application) =>
    send(app, primary, (ports, request, current) =>
      requireSubUserMfa(ports, request, current, { userId, effective, challengeId: null }),
    );
}

function answering(token: string, code: string) {
  return (app: Application) =>
    send(app, token, (ports, request, current) => answerMfaChallenge(ports, request, current, { code }), [
      'MFA_CHALLENGE',
    ]);
}

function disabling(userId: string | null) {
  return (challengeId: string | null): Command<Challenged<unknown>> =>
    (app, request, current) =>
      disableMfa(app, request, current, { userId, challengeId });
}

function revoking(token: string, sessionId: string) {
  return (app: Application) =>
    send(app, token, (ports, request, current) =>
      revokeSession(ports, request, current, { sessionId, challengeId: null }),
    );
}

/** The place of a step in an order; none is after all of them. */
function placeOf(steps: readonly Step[], lane: string, call: string, last = false): number {
  const places = steps.flatMap((step, index) => (step.lane === lane && step.call === call ? [index] : []));
  return (last ? places.at(-1) : places[0]) ?? Infinity;
}

/** A device is replaced while challenges from before are answered by both; `ahead`: which code of the new device. */
async function replacing({ world, random }: Run, ahead: number): Promise<Outcome> {
  const { app, user, userId, clock } = world;
  const own = await enableDevice(world, await tokenOf(app, user));
  const challengeId = await verify(app, own.token, starting(), { code: own.authenticator.nextCode() });
  const { enrollmentId, authenticator } = valueOf(await trySetUp(world, own.token, { challengeId }));
  const challenges = [await tokenOf(app, user), await tokenOf(app, user)] as const;
  clock.advance(MINUTE);
  const enabling = { enrollmentId, code: authenticator.code() };
  const { results, steps } = await interleave(app, random, {
    replaces: (ports) => sendEnabling(ports, own.token, enabling),
    replacesToo: (ports) => sendEnabling(ports, own.token, enabling),
    answersOld: answering(challenges[0], own.authenticator.code()),
    answersNew: answering(challenges[1], authenticator.code(ahead)),
  });
  const events = await expectInvariants(world);
  expect(ofType(events, 'MfaDeviceReplaced')).toHaveLength(1);
  expect((await load(app, mfaDecider, userId)).state.device?.deviceId).toBe(enrollmentId);
  const issued = [results.replaces, results.replacesToo].flatMap(({ value }) => value?.issued ?? []);
  expect(issued).toHaveLength(1);
  expect(await standingOf(world, issued[0]?.token ?? '')).toBe('FULL');
  expect((await authenticate(app, requestContext(), own.token)).current).toBeNull();
  for (const token of challenges) expect(await standingOf(world, token)).toBe('ENDED');
  return { steps, came: [results.answersOld, results.answersNew].map(({ refusal }) => refusal ?? 'DONE').join() };
}

describe('of 200 interleavings each one is right:', () => {
  it('requiring MFA, at the next sign-in and at once, while the sub-user signs in', async () => {
    const came = await race(async ({ world, random }) => {
      const { app, user, userId } = world;
      const effective = oneOf<RequirementStart>(random, 'NEXT_SIGN_IN', 'IMMEDIATELY');
      const before = await tokenOf(app, user);
      const { results, steps } = await interleave(app, random, {
        signsIn: (ports) => trySignIn(ports, user),
        signsInToo: (ports) => trySignIn(ports, user),
        requires: requiring(world, effective),
        requiresToo: random() < 0.3 ? requiring(world, 'NEXT_SIGN_IN') : async () => null,
      });
      await expectInvariants(world);
      valueOf(results.requires);
      const { requirement } = (await load(app, mfaDecider, userId)).state;
      expect(requirement?.effective).toBe(effective);
      expect(await standingOf(world, before)).toBe(effective === 'IMMEDIATELY' ? 'MFA_ENROLLMENT' : 'FULL');
      const required = Math.min(...['requires', 'requiresToo'].map((lane) => placeOf(steps, lane, 'append mfa')));
      const stages: string[] = [];
      for (const lane of ['signsIn', 'signsInToo'] as const) {
        const { token } = valueOf(results[lane]);
        const knows = required < placeOf(steps, lane, 'readStream mfa');
        const stage = knows || effective === 'IMMEDIATELY' ? 'MFA_ENROLLMENT' : 'FULL';
        expect(await standingOf(world, token)).toBe(stage);
        stages.push(stage);
      }
      const next = await tokenOf(app, user);
      expect(await standingOf(world, next)).toBe('MFA_ENROLLMENT');
      const { token } = await enableDevice(world, next);
      expect(await standingOf(world, token)).toBe('FULL');
      return { steps, came: `${effective} ${stages.sort().join(' and ')}` };
    });
    expect(Object.keys(came).length).toBeGreaterThan(2);
  });

  it('disabling a device while challenges of it are answered', async () => {
    const came = await race(async ({ world, random }) => {
      const { app, user, userId, clock, primary } = world;
      if (random() < 0.3) await requiring(world, 'NEXT_SIGN_IN')(app);
      const own = await enableDevice(world, await tokenOf(app, user));
      const required = (await load(app, mfaDecider, userId)).state.requirement !== null;
      const self = random() < 0.5;
      const actor = self ? own.token : primary;
      const guarded = disabling(self ? null : userId);
      const proof = self ? { code: own.authenticator.nextCode() } : { password: PRIMARY.password };
      const challengeId = await verify(app, actor, guarded, proof);
      const challenges = [await tokenOf(app, user), await tokenOf(app, user)] as const;
      clock.advance(MINUTE);
      const code = own.authenticator.code();
      const { results, steps } = await interleave(app, random, {
        disables: (ports) => send(ports, actor, guarded(challengeId)),
        answers: answering(challenges[0], code),
        answersToo: answering(challenges[1], oneOf(random, code, own.authenticator.code(1))),
      });
      const events = await expectInvariants(world);
      valueOf(results.disables);
      expect(ofType(events, 'MfaDisabled')).toHaveLength(1);
      expect((await load(app, mfaDecider, userId)).state.device).toBeNull();
      for (const token of challenges) expect(await standingOf(world, token)).toBe('ENDED');
      if (self) expect(await standingOf(world, own.token)).toBe(required ? 'MFA_ENROLLMENT' : 'FULL');
      else expect(await standingOf(world, own.token)).toBe('ENDED');
      const accepted = ofType(events, 'SessionRaised').length - 1;
      for (const { value } of [results.answers, results.answersToo]) {
        if (value !== null) expect((await authenticate(app, requestContext(), value.token)).current).toBeNull();
      }
      return { steps, came: `${self ? 'own' : "another's"}, ${accepted} raised` };
    });
    expect(Object.keys(came).length).toBeGreaterThan(4);
  });

  it('replacing a device while codes of the old one and of the new one are given', async () => {
    const came = await race(({ world, random }) => replacing({ world, random }, oneOf(random, -1, 0)));
    expect(Object.keys(came).length).toBeGreaterThan(2);
  });

  it('deleting a sub-user while it signs in, sets up a device and enables it', async () => {
    const came = await race(async ({ world, random }) => {
      const { app, user, userId, primary, clock } = world;
      const open = await tokenOf(app, user);
      const challengeId = await verify(app, primary, starting(userId), { password: PRIMARY.password });
      const onBehalf = random() < 0.5;
      const enroll = async (ports: Application, token: string, input = {}) => {
        const setUp = await trySetUp({ app: ports, clock }, token, input);
        if (setUp.value === null) return setUp.refusal;
        const { enrollmentId, authenticator } = setUp.value;
        return (await sendEnabling(ports, token, { enrollmentId, code: authenticator.code() })).refusal ?? 'ENABLED';
      };
      const { results, steps } = await interleave(app, random, {
        async deletes(ports) {
          const input = { userId, challengeId: null };
          valueOf(await send(ports, primary, (own, ...rest) => deleteSubUser(own, ...rest, input)));
          const [deleted] = ofType(await world.events(), 'UserDeleted');
          if (deleted === undefined) throw new Error('nobody was deleted');
          await destroySecrets.react(ports, reactionContext(deleted), deleted);
        },
        enrolls: (ports) => enroll(ports, open),
        enrollsFor: async (ports) => (onBehalf ? enroll(ports, primary, { userId, challengeId }) : null),
        signsIn: (ports) => trySignIn(ports, user),
      });
      const events = await expectInvariants(world);
      expect(ofType(events, 'UserDeleted')).toHaveLength(1);
      expect(ofType(events, 'NameReleased')).toHaveLength(1);
      expect(await standingOf(world, open)).toBe('ENDED');
      if (results.signsIn.value !== null) expect(await standingOf(world, results.signsIn.value.token)).toBe('ENDED');
      expect((await trySignIn(app, user)).refusal).toBe('SIGN_IN_FAILED');
      valueOf(await send(app, await tokenOf(app, PRIMARY), creating));
      clock.advance(2 * HOUR);
      await sweepVault(app);
      for (const kind of ['seed', 'password'] as const) {
        const left = await app.vault.list({ kind, limit: 100 });
        expect(left.filter(({ id }) => id.startsWith(userId))).toStrictEqual([]);
      }
      return { steps, came: `${results.enrolls}, signed in: ${results.signsIn.refusal ?? 'DONE'}` };
    });
    expect(Object.keys(came).length).toBeGreaterThan(3);
  });

  it('revoking a session while it is refreshed, raised by a code, or raised by a first device', async () => {
    const came = await race(async ({ world, random }) => {
      const { app, user, clock, primary } = world;
      const kind = oneOf(random, 'refreshed', 'answered', 'enabled');
      const own = kind === 'answered' ? await enableDevice(world, await tokenOf(app, user)) : null;
      const token = await tokenOf(app, user);
      const pending = kind === 'enabled' ? valueOf(await trySetUp(world, token)) : null;
      if (kind === 'refreshed') clock.advance(6 * MINUTE);
      else clock.advance(MINUTE);
      const uses = async (ports: Application) => {
        if (own !== null) return (await answering(token, own.authenticator.code())(ports)).refusal;
        if (pending === null) return (await authenticate(ports, requestContext(), token)) === null ? 'GONE' : null;
        const { enrollmentId, authenticator } = pending;
        return (await sendEnabling(ports, token, { enrollmentId, code: authenticator.code() })).refusal;
      };
      const { results, steps } = await interleave(app, random, {
        uses,
        usesToo: uses,
        revokes: revoking(primary, sessionIdOf(token)),
        revokesToo: random() < 0.5 ? revoking(primary, sessionIdOf(token)) : async () => null,
      });
      const events = await expectInvariants(world);
      valueOf(results.revokes);
      expect(await standingOf(world, token)).toBe('ENDED');
      const inSession = events.filter(({ stream }) => stream === `session-${sessionIdOf(token)}`);
      expect(ofType(inSession, 'SessionEnded')).toHaveLength(1);
      expect(ofType(inSession, 'SessionRefreshed').length).toBeLessThan(2);
      expect(ofType(inSession, 'SessionRaised').length).toBeLessThan(2);
      return { steps, came: `${kind}: ${results.uses ?? 'DONE'}` };
    });
    expect(Object.keys(came).length).toBeGreaterThan(5);
  });
});

describe('What is over stays so:', () => {
  it('a challenge that a replacement has ended does not come back by the next code of the new device', async () => {
    await race((run) => replacing(run, 1));
  });

  it('a session that disabling has ended does not come back by a set-up that was pending in it', async () => {
    await race(async ({ world, random }) => {
      const { app, user, clock } = world;
      const own = await enableDevice(world, await tokenOf(app, user));
      const challenge = await tokenOf(app, user);
      const code = own.authenticator.nextCode();
      const other = valueOf(await answering(challenge, code)(app)).token;
      const setUp = await verify(app, other, starting(), { code: own.authenticator.nextCode() });
      const { enrollmentId, authenticator } = valueOf(await trySetUp(world, other, { challengeId: setUp }));
      const guarded = disabling(null);
      const challengeId = await verify(app, own.token, guarded, { code: own.authenticator.nextCode() });
      clock.advance(MINUTE);
      const { steps, results } = await interleave(app, random, {
        disables: (ports) => send(ports, own.token, guarded(challengeId)),
        enables: (ports) => sendEnabling(ports, other, { enrollmentId, code: authenticator.code() }),
      });
      await expectInvariants(world);
      return { steps, came: results.enables.refusal ?? 'DONE' };
    });
  });

  it('a session that is revoked while a guarded operation is asked for in it is over, and says so', async () => {
    await race(async ({ world, random }) => {
      const { app, user, primary } = world;
      const { token } = await enableDevice(world, await tokenOf(app, user));
      const { steps, results } = await interleave(app, random, {
        asks: (ports) => send(ports, token, disabling(null)(null)),
        revokes: revoking(primary, sessionIdOf(token)),
      });
      return { steps, came: results.asks.refusal ?? 'DONE' };
    });
  });
});
