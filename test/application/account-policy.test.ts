import { afterEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../src/application/application.js';
import { createSubUser } from '../../src/application/create-sub-user.js';
import { load } from '../../src/application/execute.js';
import { setAccountPolicy } from '../../src/application/set-account-policy.js';
import { accountDecider, policyIn } from '../../src/domain/account/decider.js';
import { DEFAULT_POLICY, type AccountPolicy } from '../../src/domain/account/policy.js';
import { checkPolicy } from '../../src/domain/account/set-policy.js';
import { MINUTE } from '../../src/domain/instant.js';
import { done } from '../../src/application/result.js';
import { interleave, seededRandom } from '../support/interleave.js';
import { ofType, standingOf } from '../support/invariants.js';
import {
  openWorld,
  send,
  sendEnabling,
  tokenOf,
  trySetUp,
  valueOf,
  type Command,
  type World,
} from '../support/world.js';

const RUNS = 16;

const worlds: World[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function newWorld(): Promise<World> {
  const world = await openWorld();
  worlds.push(world);
  return world;
}

function setting({ primary }: World, changes: Partial<AccountPolicy>) {
  return (app: Application) =>
    send(app, primary, (ports, request, current) =>
      setAccountPolicy(ports, request, current, { changes, challengeId: null }),
    );
}

async function policyOf({ app, accountId }: World): Promise<AccountPolicy> {
  return policyIn((await load(app, accountDecider, accountId)).state);
}

/** Runs a race in worlds of their own, each in another order; how often it came to what. */
async function race(run: (world: World, random: () => number) => Promise<string>): Promise<string[]> {
  const came = new Set<string>();
  for (let seed = 0; seed < RUNS; seed += 1) came.add(await run(await newWorld(), seededRandom(seed)));
  return [...came].sort();
}

describe('Two policies that are set at once', () => {
  it('both count, where they go together', async () => {
    const came = await race(async (world, random) => {
      const { results } = await interleave(world.app, random, {
        one: setting(world, { trustedDeviceDays: 3 }),
        other: setting(world, { codesToEnable: 2 }),
      });
      Object.values(results).forEach(valueOf);
      expect(await policyOf(world)).toEqual({ ...DEFAULT_POLICY, trustedDeviceDays: 3, codesToEnable: 2 });
      const [first, last] = ofType(await world.events(), 'AccountPolicyChanged');
      expect(last?.data).toMatchObject({ trustedDeviceDays: 3, codesToEnable: 2 });
      return first?.data.codesToEnable === 2 ? 'codes first' : 'days first';
    });
    expect(came).toEqual(['codes first', 'days first']);
  });

  it('never make one that could not have been set', async () => {
    const came = await race(async (world, random) => {
      const { results } = await interleave(world.app, random, {
        idle: setting(world, { idleMinutes: 60 }),
        absolute: setting(world, { absoluteMinutes: 45 }),
      });
      const policy = await policyOf(world);
      expect(checkPolicy(policy)).toEqual([]);
      expect(ofType(await world.events(), 'AccountPolicyChanged')).toHaveLength(1);
      return [results.idle.refusal, results.absolute.refusal].join();
    });
    expect(came).toEqual([',SESSION_IDLE_TOO_LONG', 'SESSION_IDLE_TOO_LONG,']);
  });
});

describe('A policy that is set while a command runs', () => {
  it('holds for the sub-user whose password was being hashed meanwhile', async () => {
    const world = await newWorld();
    const hash = async (password: string): Promise<string> => {
      valueOf(await setting(world, { newSubUsersNeedMfa: true })(world.another()));
      return world.app.passwords.hash(password);
    };
    const slow: Application = { ...world.app, passwords: { ...world.app.passwords, hash } };
    const input = { ...{ username: 'eve', password: 'staple battery correct' }, displayName: null, email: null };
    const creating: Command<unknown> = (app, request, current) =>
      createSubUser(app, request, current, { ...input, role: 'MEMBER', requireMfa: false, challengeId: null });
    valueOf(await send(slow, world.primary, creating));
    expect(ofType(await world.events(), 'SubUserMfaRequired')).toHaveLength(1);
  });

  it('asks for a second code from the next request on, and of the one that runs or not', async () => {
    const came = await race(async (world, random) => {
      const { app, user } = world;
      const token = await tokenOf(app, user);
      const { enrollmentId, authenticator } = valueOf(await trySetUp(world, token));
      const enabling = { enrollmentId, code: authenticator.code() };
      const { results } = await interleave(app, random, {
        sets: setting(world, { codesToEnable: 2 }),
        enables: (ports) => sendEnabling(ports, token, enabling),
      });
      const enabled = ofType(await world.events(), 'MfaEnabled');
      expect(enabled).toHaveLength(results.enables.refusal === null ? 1 : 0);
      if (results.enables.refusal === null) return 'one code was enough';
      expect(results.enables.refusal).toBe('NEXT_CODE_REQUIRED');
      const another = world.another();
      expect((await sendEnabling(another, token, enabling)).refusal).toBe('NEXT_CODE_REQUIRED');
      valueOf(
        await sendEnabling(another, token, {
          ...enabling,
          code: authenticator.code(-1),
          nextCode: authenticator.code(),
        }),
      );
      return 'two codes were asked for';
    });
    expect(came).toEqual(['one code was enough', 'two codes were asked for']);
  });

  it('ends the session, on every node, unless its use was noted before', async () => {
    const came = await race(async (world, random) => {
      const { app, user, clock } = world;
      const token = await tokenOf(app, user);
      clock.advance(20 * MINUTE);
      const { results } = await interleave(app, random, {
        sets: setting(world, { idleMinutes: 15 }),
        uses: (ports) => send(ports, token, async () => done('used')),
      });
      valueOf(results.sets);
      const { refusal } = await send(world.another(), token, async () => done('used'));
      expect(await standingOf(world, token)).toBe(refusal === null ? 'FULL' : 'ENDED');
      return `${results.uses.refusal ?? 'used'}, then ${refusal ?? 'used'}`;
    });
    expect(came).toContain('UNAUTHENTICATED, then UNAUTHENTICATED');
    expect(came).toContain('used, then used');
  });
});
