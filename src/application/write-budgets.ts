import type { TokenReader } from './authenticate-audit-token.js';
import type { ServiceCaller } from './authenticate-service-credential.js';
import type { CurrentSession } from './request-context.js';
import { takeOfAccount, type AccountMember, type RequestLimits } from './request-limits.js';

/** Who is about to add events to the log. */
export interface Writer extends AccountMember {
  /** The session, or what a program comes with instead. */
  readonly sessionKey: string;
  /** Null where no user's budget counts. */
  readonly userId: string | null;
}

/**
 * The signed-in user as a writer. A session that owes a code counts for itself alone: who knows only the password must not use up
 * what the user needs to get in.
 */
export function writerOf({ sessionId, stage, user }: Pick<CurrentSession, 'sessionId' | 'stage' | 'user'>): Writer {
  const { accountId, kind } = user;
  const userId = stage === 'MFA_CHALLENGE' ? null : user.userId;
  return { accountId, sessionKey: `session ${sessionId}`, userId, isPrimary: kind === 'PRIMARY' };
}

/** A program with an audit token as a writer. */
export function tokenWriterOf({ accountId, tokenId }: Pick<TokenReader, 'accountId' | 'tokenId'>): Writer {
  return { accountId, sessionKey: `audit token ${tokenId}`, userId: null, isPrimary: false };
}

/** Another service with its credential as a writer. */
export function serviceWriterOf({ accountId, credentialId }: ServiceCaller): Writer {
  return { accountId, sessionKey: `service credential ${credentialId}`, userId: null, isPrimary: false };
}

/**
 * Takes one write out of the budgets of a session, then its user, then its account: who is refused for its own sake takes nothing
 * from others.
 * @throws {RateLimitedError} where one of the budgets is used up
 */
export async function takeWrite(limits: RequestLimits, writer: Writer): Promise<void> {
  const { sessionKey, userId } = writer;
  await limits.take('WRITES_OF_SESSION', sessionKey);
  if (userId !== null) await limits.take('WRITES_OF_USER', userId);
  await takeOfAccount(limits, 'WRITES_OF_ACCOUNT', writer);
}

/**
 * Takes one write that must not wait for others, such as ending a session: out of wide budgets of its session and its user, which
 * other writes do not use. The account's budget does not count.
 * @throws {RateLimitedError} where one of the budgets is used up
 */
export async function takeUrgentWrite(limits: RequestLimits, { sessionKey, userId }: Writer): Promise<void> {
  await limits.take('WRITES_OF_SESSION', sessionKey, { breadth: 'WIDE' });
  if (userId !== null) await limits.take('WRITES_OF_USER', userId, { breadth: 'WIDE' });
}
