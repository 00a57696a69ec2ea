import { checkRoom, checkScopes, checkTokenLife, type CreateAuditToken } from '../domain/account/audit-tokens.js';
import { accountDecider } from '../domain/account/decider.js';
import { AUDIT_SCOPES, type AuditScope } from '../domain/account/events.js';
import { after, DAY } from '../domain/instant.js';
import type { Rejection } from '../domain/rejection.js';
import { checkTokenName } from '../domain/user/names.js';
import type { Application } from './application.js';
import { auditTokenForm } from './audit-token.js';
import { actingAsPrimary, executeAs, type Acting } from './execute-as.js';
import { load } from './execute.js';
import { guard, notVerified, type Challenged } from './guard.js';
import { ownedId } from './owned-id.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refusals, refused, type Result } from './result.js';
import { newSessionSecret, secretDigestOf } from './session-token.js';

export interface CreateAuditTokenInput {
  readonly name: string;
  readonly scopes: readonly AuditScope[];
  /** Whole days from now. */
  readonly expiresInDays: number;
  readonly challengeId: string | null;
}

/** A token that has just been made: what its reader is told once. */
export interface IssuedAuditToken {
  readonly tokenId: string;
  readonly token: string;
}

async function checkInput(
  app: Application,
  accountId: string,
  { name, scopes, expiresInDays }: CreateAuditTokenInput,
): Promise<readonly Rejection[]> {
  const invalid = refusals(checkTokenName(name), checkScopes(scopes), checkTokenLife(expiresInDays));
  if (invalid.length > 0) return invalid;
  const { state: account } = await load(app, accountDecider, accountId);
  return refusals(account.status === 'REGISTERED' ? checkRoom(account.auditTokens, app.now()) : { code: 'NOT_FOUND' });
}

interface NewToken {
  readonly name: string;
  readonly scopes: readonly AuditScope[];
  readonly expiresInDays: number;
  readonly challengeId: string;
}

async function issue(
  app: Application,
  request: RequestContext,
  acting: Acting,
  { expiresInDays, ...wanted }: NewToken,
): Promise<Result<IssuedAuditToken>> {
  const { accountId } = acting.current.user;
  // The id says whose it is, so that the token alone leads to the stream that it is checked in.
  const tokenId = ownedId(app, accountId);
  const secret = newSessionSecret(app);
  const created = await executeAs(app, request, acting, {
    ...{ decider: accountDecider, id: accountId },
    command: ({ now }): CreateAuditToken => ({
      type: 'CreateAuditToken',
      ...{ ...wanted, accountId, tokenId, now },
      secretDigest: secretDigestOf(secret),
      expiresAt: after(now, expiresInDays * DAY),
    }),
  });
  if (!created.accepted) return refused(created.rejection);
  return done({ tokenId, token: auditTokenForm.format({ id: tokenId, secret }) });
}

/**
 * Makes a token by which a program reads the account's audit trail, after a verification: by the primary. Its name is sealed
 * under the primary's key; its secret is in the answer and nowhere else.
 */
export async function createAuditToken(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: CreateAuditTokenInput,
): Promise<Result<Challenged<IssuedAuditToken>>> {
  if (current.user.kind !== 'PRIMARY') return refused({ code: 'FORBIDDEN' });
  const invalid = await checkInput(app, current.user.accountId, input);
  if (invalid.length > 0) return refused(...invalid);
  const name = input.name.trim();
  const { expiresInDays } = input;
  const scopes = AUDIT_SCOPES.filter((scope) => input.scopes.includes(scope));
  const acting = actingAsPrimary(current);
  const guarded = await guard(app, request, acting, {
    operation: 'CREATE_AUDIT_TOKEN',
    arguments: { name, scopes, expiresInDays },
    challengeId: input.challengeId,
  });
  if (!guarded.verified) return notVerified(guarded);
  const { challengeId } = guarded;
  const issued = await issue(app, request, acting, { name, scopes, expiresInDays, challengeId });
  return issued.ok ? done({ challenge: null, ...issued.value }) : refused(...issued.rejections);
}
