import { describe, expect, it } from '@jest/globals';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import type { Application } from '../../src/application/application.js';
import { resetSubUserPassword } from '../../src/application/manage-user.js';
import { requireSubUserMfa } from '../../src/application/require-sub-user-mfa.js';
import { revokeTrustedDevices } from '../../src/application/revoke-trusted-devices.js';
import { signIn, type IssuedSession } from '../../src/application/sign-in.js';
import { trustedBrowserWith } from '../../src/application/trusted-browser.js';
import { interleave, oneOf, seededRandom } from '../support/interleave.js';
import { expectInvariants, ofType, standingOf } from '../support/invariants.js';
import { layDown } from '../support/trusting.js';
import {
  enableDevice,
  openWorld,
  requestContext,
  send,
  tokenOf,
  valueOf,
  type Command,
  type World,
} from '../support/world.js';

const RUNS = 60;
const REVOCATIONS = ['revoke', 'require', 'reset'] as const;
const NEW_PASSWORD = 'one for the next sign-in';

/** Signs in by the password, as from a browser that keeps this of trust; the token, or none. */
async function signInFrom(app: Application, { user }: World, trustedBrowser: string | null): Promise<string | null> {
  const request = { ...requestContext(), trustedBrowser };
  const signedIn = await signIn(app, request, { ...user, transport: 'COOKIE' });
  return signedIn.ok ? signedIn.value.token : null;
}

/** Answers the challenge of a session and has its browser trusted; what that keeps, or null where it is not. */
async function trust(app: Application, token: string, code: string): Promise<string | null> {
  const answering: Command<IssuedSession> = (...rest) => answerMfaChallenge(...rest, { code, trustDevice: true });
  const trusted = (await send(app, token, answering, ['MFA_CHALLENGE'])).value?.trust;
  return trusted === undefined ? null : trustedBrowserWith(null, trusted);
}

/** What ends the trust in all browsers of the sub-user, done by the primary. */
function revoking({ primary, userId }: World, how: (typeof REVOCATIONS)[number]) {
  const target = { userId, challengeId: null };
  const commands: Record<typeof how, Command<unknown>> = {
    revoke: (...rest) => revokeTrustedDevices(...rest, target),
    require: (...rest) => requireSubUserMfa(...rest, { ...target, effective: 'NEXT_SIGN_IN' }),
    reset: (...rest) => resetSubUserPassword(...rest, { ...target, newPassword: NEW_PASSWORD }),
  };
  return async (app: Application) => valueOf(await send(app, primary, commands[how]));
}

/** One race in a world of its own, in an order that the seed alone decides; what it came to. */
async function race(seed: number): Promise<string> {
  const world = await openWorld();
  const random = seededRandom(seed);
  const { app, clock, user } = world;
  const { authenticator } = await enableDevice(world, await tokenOf(app, user));
  await layDown(app, world.accountId, { trustedDeviceDays: 7 });
  const first = await signInFrom(app, world, null);
  const browser = await trust(app, first ?? '', authenticator.nextCode());
  const second = await signInFrom(app, world, null);
  const code = authenticator.nextCode();
  const how = oneOf(random, ...REVOCATIONS);
  const { results } = await interleave(app, random, {
    signsIn: (ports) => signInFrom(ports, world, browser),
    signsInToo: (ports) => signInFrom(ports, world, browser),
    trusts: (ports) => trust(ports, second ?? '', code),
    revokes: revoking(world, how),
  });
  const events = await expectInvariants(world);
  const standings = await Promise.all(
    [results.signsIn, results.signsInToo].map(async (token) => (token === null ? 'NONE' : standingOf(world, token))),
  );
  expect(standings).not.toContain('FULL');
  clock.advance(1);
  // Whatever came first: the browser that was trusted before is not any more; one that was trusted after may be.
  const names = how === 'reset' ? { ...user, password: NEW_PASSWORD } : user;
  const again = await signInFrom(app, { ...world, user: names }, browser);
  expect(await standingOf(world, again ?? '')).toBe('MFA_CHALLENGE');
  expect(ofType(events, 'DeviceTrusted').length).toBeLessThan(3);
  await world.close();
  return [how, ...standings, results.trusts === null ? 'not trusted' : 'trusted'].join();
}

describe('Revoking the trust in browsers while others sign in by it, and trust theirs', () => {
  it('leaves no session that began by it without owing a code, in 60 orders', async () => {
    const came = new Set<string>();
    for (let seed = 0; seed < RUNS; seed += 1) came.add(await race(seed));
    expect(came.size).toBeGreaterThan(6);
  });
});
