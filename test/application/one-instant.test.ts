import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../src/application/application.js';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import { createAuditToken } from '../../src/application/create-audit-token.js';
import { after, DAY, MINUTE, SECOND } from '../../src/domain/instant.js';
import { FAILURES_PER_LOCK, FIRST_LOCK } from '../../src/domain/mfa/codes.js';
import { ENROLLMENT_LIFETIME } from '../../src/domain/mfa/enrollment.js';
import { VERIFICATION_LIFETIME } from '../../src/domain/session/verification.js';
import { ofType } from '../support/invariants.js';
import {
  enableDevice,
  openWorld,
  PRIMARY,
  send,
  starting,
  tokenOf,
  valueOf,
  verify,
  type Command,
  type World,
} from '../support/world.js';

let world: World;
/** An application whose clock goes on by a second with every reading. */
let ticking: Application;

beforeEach(async () => {
  world = await openWorld();
  const now = (): string => {
    world.clock.advance(SECOND);
    return world.clock.now();
  };
  ticking = { ...world.app, now };
});

afterEach(() => world.close());

describe('A decision and its events share one instant, by which', () => {
  it('an enrollment lasts ten minutes', async () => {
    valueOf(await send(ticking, world.primary, starting()(null)));
    const [started] = ofType(await world.events(), 'MfaEnrollmentStarted');
    expect(started?.data.expiresAt).toBe(after(started?.metadata.occurredAt ?? '', ENROLLMENT_LIFETIME));
  });

  it('a verification lasts five minutes', async () => {
    world.clock.advance(6 * MINUTE);
    valueOf(await send(ticking, world.primary, starting()(null)));
    const [challenged] = ofType(await world.events(), 'OperationChallenged');
    expect(challenged?.data.expiresAt).toBe(after(challenged?.metadata.occurredAt ?? '', VERIFICATION_LIFETIME));
  });

  it('an audit token lives its days', async () => {
    const creating =
      (challengeId: string | null): Command<never> =>
      (...rest) =>
        createAuditToken(...rest, { name: 'SIEM', scopes: ['READ'], expiresInDays: 30, challengeId }) as never;
    const challengeId = await verify(world.app, world.primary, creating, PRIMARY);
    valueOf(await send(ticking, world.primary, creating(challengeId)));
    const [created] = ofType(await world.events(), 'AuditTokenCreated');
    expect(created?.data.expiresAt).toBe(after(created?.metadata.occurredAt ?? '', 30 * DAY));
  });

  it('a lock begins with the wrong code that leads to it', async () => {
    const { authenticator } = await enableDevice(world, await tokenOf(world.app, world.user));
    const answering: Command<unknown> = (...rest) => answerMfaChallenge(...rest, { code: authenticator.wrongCode() });
    for (let failures = 0; failures < FAILURES_PER_LOCK; failures += 1) {
      const token = await tokenOf(world.app, world.user);
      await send(ticking, token, answering, ['MFA_CHALLENGE']);
    }
    const [locked] = ofType(await world.events(), 'MfaLocked');
    expect(locked?.data.lockedUntil).toBe(after(locked?.metadata.occurredAt ?? '', FIRST_LOCK));
  });
});
