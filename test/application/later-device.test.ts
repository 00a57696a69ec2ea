import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import { revokeSession } from '../../src/application/revoke-session.js';
import { setAccountPolicy } from '../../src/application/set-account-policy.js';
import type { IssuedSession } from '../../src/application/sign-in.js';
import { CHALLENGE_ATTEMPTS } from '../../src/domain/mfa/codes.js';
import { MINUTE } from '../../src/domain/instant.js';
import { ofType, standingOf } from '../support/invariants.js';
import {
  creating,
  enableDevice,
  openWorld,
  PRIMARY,
  send,
  sessionIdOf,
  tokenOf,
  valueOf,
  type Command,
  type World,
} from '../support/world.js';

let world: World;
/** Two sessions of the primary: one enables the first device, the other was open before. */
let other: string;

beforeEach(async () => {
  world = await openWorld();
  other = await tokenOf(world.app, PRIMARY);
});

afterEach(() => world.close());

const answering =
  (code: string): Command<IssuedSession> =>
  (...rest) =>
    answerMfaChallenge(...rest, { code });

describe('Once a session has enabled the first device, another that was open', () => {
  it('does nothing before it has given a code', async () => {
    const { token } = await enableDevice(world, world.primary);
    const sessionId = sessionIdOf(token);
    const commands: readonly Command<unknown>[] = [
      (...rest) => revokeSession(...rest, { sessionId, challengeId: null }),
      (...rest) => setAccountPolicy(...rest, { changes: { codesToEnable: 2 }, challengeId: null }),
      creating,
    ];
    for (const command of commands) {
      expect((await send(world.app, other, command)).refusal).toBe('AT MFA_CHALLENGE');
      // Also where it arrived before the device was enabled.
      expect((await send(world.app, token, command)).refusal).not.toBe('AT MFA_CHALLENGE');
    }
  });

  it('goes on with a code, long after it began', async () => {
    world.clock.advance(20 * MINUTE);
    const enabling = await tokenOf(world.app, PRIMARY);
    const { authenticator } = await enableDevice(world, enabling);
    world.clock.advance(5 * MINUTE);
    const risen = valueOf(await send(world.app, other, answering(authenticator.nextCode()), ['MFA_CHALLENGE']));
    expect(await standingOf(world, risen.token)).toBe('FULL');
  });

  it('is ended by five wrong codes', async () => {
    const { authenticator, token } = await enableDevice(world, world.primary);
    for (let given = 0; given < CHALLENGE_ATTEMPTS; given += 1) {
      const { refusal } = await send(world.app, other, answering(authenticator.wrongCode()), ['MFA_CHALLENGE']);
      expect(refusal).toBe('WRONG_CODE');
    }
    const [ended] = ofType(await world.events(), 'SessionEnded');
    expect(ended).toMatchObject({ stream: `session-${sessionIdOf(other)}`, data: { reason: 'TOO_MANY_WRONG_CODES' } });
    expect([await standingOf(world, other), await standingOf(world, token)]).toStrictEqual(['ENDED', 'FULL']);
  });
});
