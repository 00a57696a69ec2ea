import { accept, reject, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import { isReached, type Instant } from '../instant.js';
import type { Rejection } from '../rejection.js';
import type { AccountEvent, AuditScope } from './events.js';
import { withoutOldVoid } from './void-entries.js';

/** Live tokens that an account may have: more programs than any that reads one trail. */
export const MOST_AUDIT_TOKENS = 20;
/** Days that a token may live: a leap year. */
export const LONGEST_TOKEN_LIFE = 366;

/** A token for reading the audit trail, as the rules know it. */
export interface AuditToken {
  readonly tokenId: string;
  /** base64url of SHA-256 of its secret half. */
  readonly secretDigest: string;
  readonly scopes: readonly AuditScope[];
  readonly expiresAt: Instant;
  readonly revoked: boolean;
  /** The last use that was recorded; null before the first. */
  readonly lastUsedAt: Instant | null;
}

/** The tokens of an account by id, with those that became void last. */
export type AuditTokens = Readonly<Record<string, AuditToken>>;

/** Makes a token; its secret half is known to nobody but who asked for it. */
export interface CreateAuditToken {
  readonly type: 'CreateAuditToken';
  readonly accountId: string;
  readonly tokenId: string;
  readonly name: string;
  readonly secretDigest: string;
  readonly scopes: readonly AuditScope[];
  readonly expiresAt: Instant;
  /** The verification that was used. */
  readonly challengeId: string;
  readonly now: Instant;
}

export interface RevokeAuditToken {
  readonly type: 'RevokeAuditToken';
  readonly accountId: string;
  readonly tokenId: string;
}

/** Notes that a token is in use, at most once a day. */
export interface NoteAuditTokenUse {
  readonly type: 'NoteAuditTokenUse';
  readonly accountId: string;
  readonly tokenId: string;
  readonly now: Instant;
}

export type AuditTokenCommand = CreateAuditToken | RevokeAuditToken | NoteAuditTokenUse;

/** Whether a token may be used at a moment: it was not revoked and has not expired. */
export function isLive({ revoked, expiresAt }: AuditToken, now: Instant): boolean {
  return !revoked && !isReached(expiresAt, now);
}

/** The token of an id; undefined where the account never had it. */
export function tokenNamed(tokens: AuditTokens, tokenId: string): AuditToken | undefined {
  return Object.hasOwn(tokens, tokenId) ? tokens[tokenId] : undefined;
}

/** Whether an account may have one more token at a moment; the refusal if not. */
export function checkRoom(tokens: AuditTokens, now: Instant): Rejection | null {
  const live = Object.values(tokens).filter((token) => isLive(token, now)).length;
  return live < MOST_AUDIT_TOKENS ? null : { code: 'TOO_MANY_AUDIT_TOKENS' };
}

/** Checks what a token is to be good for: something. */
export function checkScopes(scopes: readonly AuditScope[]): Rejection | null {
  return scopes.length > 0 ? null : { code: 'INVALID_SCOPES' };
}

/** Checks how many days a token is to live. */
export function checkTokenLife(days: number): Rejection | null {
  return days >= 1 && days <= LONGEST_TOKEN_LIFE ? null : { code: 'INVALID_TOKEN_LIFETIME' };
}

/** The day in UTC, as text that compares. */
function dayOf(instant: Instant): string {
  return instant.slice(0, 10);
}

function create(command: CreateAuditToken, tokens: AuditTokens): Decision<AccountEvent> {
  const { accountId, tokenId, name, secretDigest, scopes, expiresAt, challengeId, now } = command;
  const full = checkRoom(tokens, now);
  if (full !== null) return reject(full);
  return accept({
    type: 'AuditTokenCreated',
    data: { accountId, tokenId, secretDigest, scopes, expiresAt, challengeId },
    personal: { name },
  });
}

function noteUse({ accountId, tokenId, now }: NoteAuditTokenUse, token: AuditToken): Decision<AccountEvent> {
  if (!isLive(token, now)) return reject({ code: 'NOT_FOUND' });
  // A clock that was set back does not make another first use of a day.
  if (token.lastUsedAt !== null && dayOf(token.lastUsedAt) >= dayOf(now)) return accept();
  return accept({ type: 'AuditTokenUsed', data: { accountId, tokenId }, personal: null });
}

/** What comes of a command on the tokens of an account that is registered. */
export function decideAuditTokens(command: AuditTokenCommand, tokens: AuditTokens): Decision<AccountEvent> {
  if (command.type === 'CreateAuditToken') return create(command, tokens);
  const { accountId, tokenId } = command;
  const token = tokenNamed(tokens, tokenId);
  if (token === undefined) return reject({ code: 'NOT_FOUND' });
  if (command.type === 'NoteAuditTokenUse') return noteUse(command, token);
  return token.revoked ? accept() : accept({ type: 'AuditTokenRevoked', data: { accountId, tokenId }, personal: null });
}

/** Takes in what happened to the tokens of an account. */
export function evolveAuditTokens(tokens: AuditTokens, event: Recorded<AccountEvent>): AuditTokens {
  const change = (tokenId: string, changed: Partial<AuditToken>): AuditTokens => {
    const token = tokenNamed(tokens, tokenId);
    return token === undefined ? tokens : { ...tokens, [tokenId]: { ...token, ...changed } };
  };
  switch (event.type) {
    case 'AuditTokenCreated': {
      const { tokenId, secretDigest, scopes, expiresAt } = event.data;
      const { occurredAt } = event.metadata;
      return {
        ...withoutOldVoid(tokens, (token) => !isLive(token, occurredAt)),
        [tokenId]: { tokenId, secretDigest, scopes, expiresAt, revoked: false, lastUsedAt: null },
      };
    }
    case 'AuditTokenRevoked':
      return change(event.data.tokenId, { revoked: true });
    case 'AuditTokenUsed':
      return change(event.data.tokenId, { lastUsedAt: event.metadata.occurredAt });
    default:
      return tokens;
  }
}
