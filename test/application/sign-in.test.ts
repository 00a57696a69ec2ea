import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../src/application/application.js';
import { FAILURES_BEFORE_BACK_OFF } from '../../src/domain/password/decider.js';
import { openWorld, trySignIn, type SignInNames, type World } from '../support/world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

/** How often an attempt to sign in waits for an even moment. */
async function waitsOf({ app }: World, user: SignInNames): Promise<number> {
  let waits = 0;
  const pace: Application['pace'] = () => async () => {
    waits += 1;
  };
  await trySignIn({ ...app, pace }, user);
  return waits;
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
});
