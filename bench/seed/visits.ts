import type { Application } from '../../src/application/application.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import { instantOf } from '../../src/domain/instant.js';
import { streamName, type StreamCategory } from '../../src/domain/stream.js';
import { envelopeOf, type Author } from './envelope.js';

/** A user who comes again and again, with how far its streams have come. */
export interface Visitor extends Author {
  readonly accountId: string;
  readonly deviceId: string;
  readonly versions: Map<string, number>;
}

export interface Moment {
  /** Milliseconds. */
  readonly at: number;
  /** Which of the visits it is, from 0. */
  readonly number: number;
}

/** Every so many visits something goes wrong first. */
const WRONG_PASSWORD_EVERY = 17;
const WRONG_CODE_EVERY = 23;
const SIGN_OUT_EVERY = 3;

interface Happening {
  readonly category: StreamCategory;
  readonly id: string;
  readonly sessionId: string | null;
  readonly events: readonly DomainEvent[];
}

function wrongPassword({ accountId, userId }: Visitor): Happening {
  const data = { accountId, userId, browserId: null, consecutiveFailures: 1 };
  const events: DomainEvent[] = [{ type: 'PasswordRejected', data, personal: null }];
  return { category: 'password', id: userId, sessionId: null, events };
}

function codeEvent(visitor: Visitor, sessionId: string, { right, at }: Moment & { right: boolean }): DomainEvent {
  const { accountId, userId, deviceId } = visitor;
  const attempt = { accountId, userId, deviceId, purpose: 'SIGN_IN', challengeId: sessionId } as const;
  const timeStep = Math.floor(at / 30_000);
  if (right) return { type: 'MfaCodeAccepted', data: { ...attempt, timeStep }, personal: null };
  const counted = { attemptsLeft: 4, consecutiveFailures: 1, clockOffsetSeconds: null, timeStep: null };
  return { type: 'MfaCodeRejected', data: { ...attempt, ...counted, reason: 'WRONG' }, personal: null };
}

function sessionEvents(visitor: Visitor, digest: string): Record<'start' | 'raise' | 'end', readonly DomainEvent[]> {
  const { accountId, userId } = visitor;
  const subject = { accountId, userId };
  const decidedOn = { userVersion: 1, mfaVersion: 2 };
  const started = {
    ...subject,
    ...decidedOn,
    factors: ['PASSWORD'],
    secretDigest: digest,
    transport: 'COOKIE',
    owes: ['MFA_CHALLENGE'],
  } as const;
  const raised = { ...subject, ...decidedOn, factors: ['PASSWORD', 'VIRTUAL_MFA'] } as const;
  return {
    start: [{ type: 'SessionStarted', data: started, personal: null }],
    raise: [
      { type: 'SessionRaised', data: raised, personal: null },
      { type: 'SessionRotated', data: { ...subject, secretDigest: digest }, personal: null },
    ],
    end: [{ type: 'SessionEnded', data: { ...subject, reason: 'SIGNED_OUT' }, personal: null }],
  };
}

function happenings(app: Application, visitor: Visitor, moment: Moment): readonly Happening[] {
  const sessionId = app.newId();
  const { userId } = visitor;
  const { start, raise, end } = sessionEvents(visitor, Buffer.from(app.randomBytes(32)).toString('base64url'));
  const session = (events: readonly DomainEvent[]): Happening => ({
    category: 'session',
    id: sessionId,
    sessionId,
    events,
  });
  const code = (right: boolean): Happening => ({
    ...{ category: 'mfa', id: userId, sessionId },
    events: [codeEvent(visitor, sessionId, { ...moment, right })],
  });
  return [
    ...(moment.number % WRONG_PASSWORD_EVERY === 0 ? [wrongPassword(visitor)] : []),
    session(start),
    ...(moment.number % WRONG_CODE_EVERY === 0 ? [code(false)] : []),
    code(true),
    session(raise),
    ...(moment.number % SIGN_OUT_EVERY === 0 ? [session(end)] : []),
  ];
}

/** A user signs in, with what goes wrong on the way, straight into the log as the service would write it; the count of events. */
export async function visit(app: Application, visitor: Visitor, moment: Moment): Promise<number> {
  let count = 0;
  const occurredAt = instantOf(moment.at);
  for (const { category, id, sessionId, events } of happenings(app, visitor, moment)) {
    const stream = streamName(category, id);
    const stranger = category === 'password';
    const envelope = envelopeOf(app, visitor, { occurredAt, sessionId, events: events.length, stranger });
    const appended = await app.log.append(stream, visitor.versions.get(stream) ?? 0, events, envelope);
    visitor.versions.set(stream, appended.version);
    count += events.length;
  }
  for (const stream of visitor.versions.keys()) if (stream.startsWith('session-')) visitor.versions.delete(stream);
  return count;
}
