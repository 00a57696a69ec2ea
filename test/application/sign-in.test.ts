import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../src/application/application.js';
import { RateLimitedError } from '../../src/application/errors.js';
import { knownBrowserWith } from '../../src/application/known-browser.js';
import { signIn } from '../../src/application/sign-in.js';
import type { RequestLimit } from '../../src/application/request-budgets.js';
import { FAILURES_BEFORE_BACK_OFF } from '../../src/domain/password/decider.js';
import { openWorld, requestContext, trySignIn, type SignInNames, type World } from '../support/world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

/** How often an attempt to sign in waits for an even moment. */
async function waitsOf({ app }: Pick<World, 'app'>, user: SignInNames): Promise<number> {
  let waits = 0;
  const pace: Application['pace'] = () => async () => {
    waits += 1;
  };
  await trySignIn({ ...app, pace }, user).catch((error: unknown) => {
    if (!(error instanceof RateLimitedError)) throw error;
  });
  return waits;
}

const refuse = () => Promise.reject(new RateLimitedError('too much', 1));

/** Streams that an attempt has read when it is refused by a limit. */
async function readsBeforeLimit(limit: RequestLimit, user: SignInNames): Promise<readonly string[]> {
  const { app } = world;
  const reads: string[] = [];
  const limits: Application['limits'] = { take: async (taken) => (taken === limit ? refuse() : undefined) };
  const log: Application['log'] = {
    ...app.log,
    readStream: (stream, ...rest) => {
      reads.push(stream);
      return app.log.readStream(stream, ...rest);
    },
  };
  await expect(trySignIn({ ...app, limits, log }, user)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  return reads;
}

describe('Signing in', () => {
  it('is answered at once for whoever gives the right password', async () => {
    expect(await waitsOf(world, world.user)).toBe(0);
  });

  it('is answered in even time where it fails: an unknown name or account, a wrong password, the right one while backing off', async () => {
    const { user } = world;
    const wrong = { ...user, password: 'another sentence' };
    const attempts: SignInNames[] = [
      { ...user, username: 'nobody' },
      { ...user, account: 'nowhere' },
      ...Array.from({ length: FAILURES_BEFORE_BACK_OFF }, () => wrong),
      user,
    ];
    for (const attempt of attempts) expect(await waitsOf(world, attempt)).toBe(1);
  });

  it('is answered in even time where it is limited, by a budget as by a full queue of hashes', async () => {
    const { app, user } = world;
    const limited = { app: { ...app, limits: { take: refuse } } };
    const busy = { app: { ...app, passwords: { ...app.passwords, verify: refuse } } };
    for (const refusing of [limited, busy])
      for (const attempt of [user, { ...user, username: 'nobody' }]) expect(await waitsOf(refusing, attempt)).toBe(1);
  });

  it('is limited before anything is looked up of the name that was typed', async () => {
    const { user } = world;
    for (const attempt of [user, { ...user, username: 'nobody' }, { ...user, account: 'nowhere' }])
      for (const limit of ['SIGN_INS_OF_ADDRESS', 'SIGN_INS_OF_ACCOUNT'] as const)
        expect(await readsBeforeLimit(limit, attempt)).toEqual([]);
  });

  it('by a browser that is known takes a budget of the user, whichever browser it is, and a wide one of the address', async () => {
    const { app, user, userId } = world;
    const taken: (readonly unknown[])[] = [];
    const limits: Application['limits'] = { take: async (...of) => void taken.push(of) };
    for (const knownBrowser of [knownBrowserWith(app, null, userId), knownBrowserWith(app, null, userId)])
      await signIn({ ...app, limits }, { ...requestContext(), knownBrowser }, { ...user, transport: 'COOKIE' });
    const once = [
      ['SIGN_INS_OF_ADDRESS', 'browsers at unknown', { breadth: 'WIDE' }],
      ['SIGN_INS_OF_ACCOUNT', `known to ${userId}`],
    ];
    expect(taken).toEqual([...once, ...once]);
  });
});
