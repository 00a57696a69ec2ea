import { isSecretOf } from './session-token.js';

/** An audit token: `vat_tokenId.secret`. The id stands in the trail; the log has only a digest of the secret. */
export interface AuditTokenText {
  /** The account whose token it is: the first half of the id says so. */
  readonly accountId: string;
  readonly tokenId: string;
  readonly secret: string;
}

/** What audit tokens begin with, so that whoever finds one knows what it is, and no session token is taken for one. */
export const AUDIT_TOKEN_PREFIX = 'vat_';

const TOKEN = /^vat_(([A-Za-z0-9-]{1,64})\.[A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{43})$/;

/** Whether a token is meant to be one of these. */
export function isMeantAsAuditToken(token: string): boolean {
  return token.startsWith(AUDIT_TOKEN_PREFIX);
}

/** The token as it travels. */
export function formatAuditToken({ tokenId, secret }: Pick<AuditTokenText, 'tokenId' | 'secret'>): string {
  return `${AUDIT_TOKEN_PREFIX}${tokenId}.${secret}`;
}

/** A token as it arrived; null where it has not the form of one. */
export function parseAuditToken(token: string): AuditTokenText | null {
  const [, tokenId, accountId, secret] = TOKEN.exec(token) ?? [];
  if (tokenId === undefined || accountId === undefined || secret === undefined) return null;
  return { accountId, tokenId, secret };
}

/** A digest that no secret has, compared where there is no token, so that this takes the time of a wrong secret. */
const NO_DIGEST = 'A'.repeat(43);

/** Whether a secret is the one of a token, in constant time, also where there is no such token. */
export function isSecretOfToken(secretDigest: string | undefined, secret: string): boolean {
  const matches = isSecretOf(secretDigest ?? NO_DIGEST, secret);
  return matches && secretDigest !== undefined;
}
