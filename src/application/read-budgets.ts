import type { TokenReader } from './authenticate-audit-token.js';
import type { ServiceCaller } from './authenticate-service-credential.js';
import type { CurrentSession } from './request-context.js';
import { takeOfAccount, takeOfAddress, type RequestLimits } from './request-limits.js';

/** Who pays for what is read. */
export interface Payer {
  /** The session as it was when the request arrived. */
  readonly session: CurrentSession | null;
  readonly tokenReader: TokenReader | null;
  readonly serviceCaller: ServiceCaller | null;
  readonly ip: string | null;
}

/**
 * A session that is not yet full pays for itself alone: who knows only a password must not use up what the user and the account
 * need.
 */
async function takeOfSession(limits: RequestLimits, session: CurrentSession, points: number): Promise<void> {
  const { sessionId, stage, user } = session;
  await limits.take('READ_COST_OF_SESSION', sessionId, { points });
  if (stage !== 'FULL') return;
  const { accountId, userId, kind } = user;
  await limits.take('READ_COST_OF_USER', userId, { points });
  await takeOfAccount(limits, 'READ_COST_OF_ACCOUNT', { accountId, isPrimary: kind === 'PRIMARY' }, points);
}

/**
 * Takes the cost of reading out of the budgets of who asks, the narrowest first, so that what is refused there is not taken
 * from others. @throws {RateLimitedError} where one of them is used up
 */
export async function takeReadCost(limits: RequestLimits, payer: Payer, points: number): Promise<void> {
  const { session, tokenReader, serviceCaller, ip } = payer;
  const program = tokenReader ?? serviceCaller;
  if (program !== null) {
    const key = 'tokenId' in program ? program.tokenId : program.credentialId;
    await limits.take('READ_COST_OF_SESSION', key, { points });
    await takeOfAccount(limits, 'READ_COST_OF_ACCOUNT', { accountId: program.accountId, isPrimary: false }, points);
    return;
  }
  if (session !== null) await takeOfSession(limits, session, points);
  const who = session?.stage === 'FULL' ? 'SIGNED_IN' : 'STRANGER';
  await takeOfAddress(limits, 'READ_COST_OF_ADDRESS', ip, { points, who });
}
