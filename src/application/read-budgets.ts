import type { TokenReader } from './authenticate-audit-token.js';
import type { ServiceCaller } from './authenticate-service-credential.js';
import type { CurrentSession } from './request-context.js';
import { takeOfAddress, type RequestLimits } from './request-limits.js';

/** Who pays for what is read. */
export interface Payer {
  /** The session as it was when the request arrived. */
  readonly session: CurrentSession | null;
  readonly tokenReader: TokenReader | null;
  readonly serviceCaller: ServiceCaller | null;
  readonly ip: string | null;
}

/** The share of an account's budget that its primary alone can take. */
const RESERVED_FOR_PRIMARY = 0.2;

/** What everybody but the primary takes together, from a budget that is full when the reserved share is left. */
function pointsOfOthers(points: number): number {
  return Math.ceil(points / (1 - RESERVED_FOR_PRIMARY));
}

async function takeOfAccount(
  limits: RequestLimits,
  accountId: string,
  { points, isPrimary }: { readonly points: number; readonly isPrimary: boolean },
): Promise<void> {
  const limit = 'READ_COST_OF_ACCOUNT';
  if (!isPrimary) await limits.take(limit, `all but the primary of ${accountId}`, { points: pointsOfOthers(points) });
  await limits.take(limit, accountId, { points });
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
    await takeOfAccount(limits, program.accountId, { points, isPrimary: false });
    return;
  }
  if (session !== null) {
    await limits.take('READ_COST_OF_SESSION', session.sessionId, { points });
    const { accountId, kind } = session.user;
    await takeOfAccount(limits, accountId, { points, isPrimary: kind === 'PRIMARY' });
  }
  await takeOfAddress(limits, 'READ_COST_OF_ADDRESS', ip, points);
}
