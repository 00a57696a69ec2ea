import { limitsOf, type AccountPolicy, type SessionLimits } from '../../domain/account/policy.js';
import { after, DAY, type Instant } from '../../domain/instant.js';
import { sessionEvents } from '../../domain/session/events.js';
import { hasExpired, type Lifetime } from '../../domain/session/standing.js';
import type { AuditEventView } from '../audit/audit-view.js';
import { readTrail, type Reading } from './read-trail.js';

/** What shows that a session is in use; its end, which somebody else may have brought about, does not. */
const USES = Object.keys(sessionEvents).filter((type) => type !== 'SessionEnded');

/** A session that began in the days that are looked at. */
export interface PastSession extends Lifetime {
  readonly sessionId: string;
  readonly userId: string;
  /** Whether no code was asked for, since the browser was trusted. */
  readonly trusted: boolean;
  /** Whether it was used after the limits that are tried would have ended it. */
  readonly cutShort: boolean;
}

function isTrusted({ details }: AuditEventView): boolean {
  const factors = details?.factors;
  return Array.isArray(factors) && factors.includes('TRUSTED_DEVICE');
}

function begin(sessionId: string, event: AuditEventView): PastSession {
  const { occurredAt: at, subjectId } = event;
  return {
    ...{ sessionId, userId: subjectId ?? '', startedAt: at, lastSeenAt: at },
    trusted: isTrusted(event),
    cutShort: false,
  };
}

function use(session: PastSession, at: Instant, limits: SessionLimits): PastSession {
  return { ...session, lastSeenAt: at, cutShort: session.cutShort || hasExpired(session, limits, at) };
}

/** Where and since when an account is looked at, and by which policy. */
export interface Trial extends Reading {
  readonly policy: AccountPolicy;
  readonly since: Instant;
  readonly now: Instant;
}

/** The sessions that began since a moment, held to the limits of a policy as their uses were recorded. */
export async function pastSessions(trial: Trial): Promise<PastSession[]> {
  const { policy, since } = trial;
  const limits = limitsOf(policy);
  const sessions = new Map<string, PastSession>();
  await readTrail(trial, { types: USES, since }, (event) => {
    const { sessionId, occurredAt, type } = event;
    if (sessionId === null) return;
    const session = sessions.get(sessionId);
    if (type === 'SessionStarted') sessions.set(sessionId, begin(sessionId, event));
    else if (session !== undefined) sessions.set(sessionId, use(session, occurredAt, limits));
  });
  return [...sessions.values()];
}

/**
 * The sign-ins that a trusted browser let in and this policy would have asked for a code. The trail does not say by which
 * of several trusted browsers: the one trusted last before counts.
 */
export async function challengedSignIns(
  trial: Trial,
  sessions: readonly PastSession[],
): Promise<readonly PastSession[]> {
  const { policy, since } = trial;
  const signIns = sessions.filter(({ trusted }) => trusted);
  const days = policy.trustedDeviceDays;
  if (days === 0 || signIns.length === 0) return signIns;
  const trusts = new Map<string, Instant[]>();
  const filter = { types: ['DeviceTrusted'], since: after(since, -days * DAY) };
  await readTrail(trial, filter, ({ subjectId, occurredAt }) => {
    const userId = subjectId ?? '';
    const ofUser = trusts.get(userId);
    if (ofUser === undefined) trusts.set(userId, [occurredAt]);
    else ofUser.push(occurredAt);
  });
  return signIns.filter(({ userId, startedAt }) => {
    const trustedAt = trusts.get(userId)?.findLast((at) => at <= startedAt);
    return trustedAt === undefined || after(trustedAt, days * DAY) <= startedAt;
  });
}
