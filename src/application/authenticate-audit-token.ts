import { isLive, tokenNamed, type AuditToken, type NoteAuditTokenUse } from '../domain/account/audit-tokens.js';
import { accountDecider } from '../domain/account/decider.js';
import type { AuditScope } from '../domain/account/events.js';
import type { Instant } from '../domain/instant.js';
import type { Application } from './application.js';
import { auditTokenForm } from './audit-token.js';
import { byProgram } from './authorship.js';
import { execute, load, type Authorship } from './execute.js';
import { ownerOf } from './owned-id.js';
import { isSecretOfToken } from './program-token.js';
import type { RequestContext } from './request-context.js';

/** A program that reads an audit trail by a token, as it stood when the request arrived. */
export interface TokenReader {
  readonly tokenId: string;
  readonly accountId: string;
  readonly scopes: readonly AuditScope[];
  /** When the token is void by itself. */
  readonly expiresAt: Instant;
}

/** What was found of an audit token in its account's stream. */
export interface FoundTokenReader {
  /** Null where it is void, or never was. */
  readonly reader: TokenReader | null;
  /** The place in the log of the last event that this follows from. */
  readonly position: bigint;
}

const NOTHING: FoundTokenReader = { reader: null, position: 0n };

/** The authorship of what a program does by an audit token. */
export function byAuditToken(
  app: Application,
  { tokenId, accountId }: Pick<TokenReader, 'tokenId' | 'accountId'>,
): Promise<Authorship> {
  return byProgram(app, accountId, { kind: 'AUDIT_TOKEN', id: tokenId });
}

/** Notes that a token is in use, the first time in a day: before anything is answered. Answers whether it may be used. */
async function noteUse(
  app: Application,
  request: RequestContext,
  accountId: string,
  { tokenId, lastUsedAt }: AuditToken,
): Promise<boolean> {
  const now = app.now();
  if (lastUsedAt !== null && lastUsedAt.slice(0, 10) === now.slice(0, 10)) return true;
  const noted = await execute(app, request, {
    ...{ decider: accountDecider, id: accountId, by: await byAuditToken(app, { tokenId, accountId }) },
    command: ({ now }): NoteAuditTokenUse => ({ type: 'NoteAuditTokenUse', accountId, tokenId, now }),
  });
  return noted.accepted;
}

interface Sought {
  readonly accountId: string;
  readonly tokenId: string;
  /** Left out where it was proven before. */
  readonly secret?: string;
  /** Told whenever a portion of a long stream was read. */
  readonly onPortion: (() => void) | undefined;
}

async function find(
  app: Application,
  request: RequestContext,
  { accountId, tokenId, secret, onPortion }: Sought,
): Promise<FoundTokenReader> {
  const { state: account, position } = await load(app, accountDecider, accountId, onPortion);
  const token = account.status === 'REGISTERED' ? tokenNamed(account.auditTokens, tokenId) : undefined;
  const isProven = secret === undefined || isSecretOfToken(token?.secretDigest, secret);
  if (token === undefined || !isProven || !isLive(token, app.now())) return { reader: null, position };
  if (!(await noteUse(app, request, accountId, token))) return { reader: null, position };
  return { reader: { tokenId, accountId, scopes: token.scopes, expiresAt: token.expiresAt }, position };
}

/**
 * Who reads by an audit token; nobody where it is malformed, unknown, expired or revoked, all alike. It is looked for in its
 * account's stream, so that a revocation counts at once on every node. The first use of a day (UTC) is recorded, before it is of
 * use. Told whenever a portion of a long stream was read.
 */
export async function authenticateAuditToken(
  app: Application,
  request: RequestContext,
  token: string,
  onPortion?: () => void,
): Promise<FoundTokenReader> {
  const parsed = auditTokenForm.parse(token);
  if (parsed === null) return NOTHING;
  const { accountId, id: tokenId, secret } = parsed;
  return find(app, request, { accountId, tokenId, secret, onPortion });
}

/** The reader of a token that was proven before, as it stands now. */
export async function findTokenReader(
  app: Application,
  request: RequestContext,
  tokenId: string,
  onPortion?: () => void,
): Promise<FoundTokenReader> {
  return find(app, request, { accountId: ownerOf(tokenId), tokenId, onPortion });
}
