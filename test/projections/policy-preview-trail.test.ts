import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from '../../src/domain/account/policy.js';
import { after, DAY, MINUTE, type Instant } from '../../src/domain/instant.js';
import type { Factor } from '../../src/domain/session/events.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { auditProjection } from '../../src/projections/audit/audit-projection.js';
import { createAuditQueries, type AuditQueries } from '../../src/projections/audit/audit-queries.js';
import { challengedSignIns, pastSessions } from '../../src/projections/policy-preview/past-sessions.js';
import { tallyOf } from '../../src/projections/policy-preview/tally.js';
import { ACME, event, later, SAM } from '../support/builders.js';
import { given, logged } from './given.js';

const TRUSTED: readonly Factor[] = ['PASSWORD', 'TRUSTED_DEVICE'];

let position = 0;

const pause = async () => undefined;

/** Somebody signs in, by default Sam. */
function signIn(
  sessionId: string,
  at: Instant,
  factors: readonly Factor[],
  userId = SAM,
  accountId = ACME,
): LoggedEvent {
  return logged(event('SessionStarted', { accountId, userId, factors }), {
    ...{ position: (position += 1), stream: `session-${sessionId}` },
    metadata: { occurredAt: at, sessionId },
  });
}

function use(sessionId: string, at: Instant): LoggedEvent {
  return logged(event('SessionRefreshed'), {
    ...{ position: (position += 1), stream: `session-${sessionId}` },
    metadata: { occurredAt: at, sessionId },
  });
}

function trust(at: Instant, userId = SAM): LoggedEvent {
  return logged(event('DeviceTrusted', { userId }), {
    ...{ position: (position += 1), stream: `mfa-${userId}` },
    metadata: { occurredAt: at },
  });
}

function trailOf(...events: readonly LoggedEvent[]): AuditQueries {
  return createAuditQueries(given(auditProjection, ...events));
}

/** The sessions whose sign-in would have been asked for a code, with so many days for which a browser is trusted. */
async function challenged(audit: AuditQueries, trustedDeviceDays: number, since = later(0)): Promise<string[]> {
  const trial = {
    accountId: ACME,
    policy: { ...DEFAULT_POLICY, trustedDeviceDays },
    since,
    now: later(90 * DAY),
    audit,
    pause,
  };
  const sessions = await challengedSignIns(trial, await pastSessions(trial));
  return sessions.map(({ sessionId }) => sessionId);
}

/** The sessions that would have ended before their last use, by the default limits. */
async function cutShort(audit: AuditQueries): Promise<string[]> {
  const trial = { accountId: ACME, policy: DEFAULT_POLICY, since: later(0), now: later(DAY), audit, pause };
  const sessions = await pastSessions(trial);
  return sessions.filter((session) => session.cutShort).map(({ sessionId }) => sessionId);
}

describe('Sign-ins with trusted browsers', () => {
  const trail = [
    trust(later(0)),
    signIn('soon', later(2 * DAY - 1), TRUSTED),
    signIn('later', later(2 * DAY), TRUSTED),
    signIn('by code', later(2 * DAY), ['PASSWORD']),
    signIn('by nobody known', later(2 * DAY), TRUSTED, 'kim'),
    signIn('elsewhere', later(2 * DAY), TRUSTED, 'eve', 'another account'),
  ];

  it('would all have been asked for a code where no browser is trusted', async () => {
    expect(await challenged(trailOf(...trail), 0)).toEqual(['soon', 'later', 'by nobody known']);
  });

  it('would have been where trust was over by then, to the millisecond, or never there', async () => {
    expect(await challenged(trailOf(...trail), 2)).toEqual(['later', 'by nobody known']);
    expect(await challenged(trailOf(...trail), 3)).toEqual(['by nobody known']);
  });

  it('count by the browser that was trusted last before, also before the days that are looked at', async () => {
    const again = [trust(later(DAY)), signIn('between', later(3 * DAY - 1), TRUSTED), trust(later(4 * DAY))];
    expect(await challenged(trailOf(trust(later(0)), ...again), 2, later(2 * DAY))).toEqual([]);
    expect(await challenged(trailOf(trust(later(0)), ...again), 1, later(2 * DAY))).toEqual(['between']);
  });
});

describe('Sessions of the days before', () => {
  it('would have ended where a use came after they were idle for too long, or were there for too long', async () => {
    const hours = Array.from({ length: 25 }, (_, index) => use('long', later((index + 1) * 29 * MINUTE)));
    const audit = trailOf(
      signIn('idle', later(0), ['PASSWORD']),
      signIn('in use', later(0), ['PASSWORD']),
      signIn('long', later(0), ['PASSWORD']),
      use('in use', later(30 * MINUTE - 1)),
      use('idle', later(30 * MINUTE)),
      ...hours,
      use('begun before', later(60 * MINUTE)),
    );
    expect(await cutShort(audit)).toEqual(['idle', 'long']);
  });

  it('are not kept by what others do to them', async () => {
    const revoked = logged(event('SessionEnded', { reason: 'REVOKED' }), {
      ...{ position: 1_000, stream: 'session-idle' },
      metadata: { occurredAt: later(60 * MINUTE), sessionId: 'in use' },
    });
    const started = [signIn('idle', later(0), ['PASSWORD']), signIn('in use', later(0), ['PASSWORD'])];
    expect(await cutShort(trailOf(...started, revoked))).toEqual([]);
  });

  it('are read by what happened in these days, however long the trail is before them', async () => {
    const old = Array.from({ length: 3_000 }, (_, index) => use('old', after(later(0), -90 * DAY + index)));
    const audit = trailOf(...old, signIn('recent', later(1), ['PASSWORD']), use('recent', later(2)));
    let looks = 0;
    const counting: AuditQueries = {
      ...audit,
      follow(...asked) {
        looks += 1;
        return audit.follow(...asked);
      },
    };
    expect(await cutShort(counting)).toEqual([]);
    expect(looks).toBe(1);
  });
});

describe('Whom it concerns', () => {
  it('is counted by user, the most often concerned first, of those alike the first', () => {
    expect(tallyOf(['kim', 'sam', 'eve', 'sam'])).toEqual({
      count: 4,
      users: [
        { userId: 'sam', count: 2 },
        { userId: 'kim', count: 1 },
        { userId: 'eve', count: 1 },
      ],
    });
  });
});
