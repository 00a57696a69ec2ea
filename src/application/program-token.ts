import { isSecretOf } from './session-token.js';

/** A token of a program: `<prefix>id.secret`. The id stands in the trail; the log has only a digest of the secret. */
export interface ProgramToken {
  /** The account whose token it is: the first half of the id says so. */
  readonly accountId: string;
  readonly id: string;
  readonly secret: string;
}

/** The written form of one kind of token. */
export interface ProgramTokenForm {
  /** Whether a text is meant to be one of these. */
  isMeant(token: string): boolean;
  /** A token as it travels. */
  format(token: Pick<ProgramToken, 'id' | 'secret'>): string;
  /** A token as it arrived; null where it has not the form of one. */
  parse(token: string): ProgramToken | null;
}

const AFTER_PREFIX = /^(([A-Za-z0-9-]{1,64})\.[A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{43})$/;

/** Tokens that begin with a prefix, so that whoever finds one knows what it is, and none is taken for one of another kind. */
export function programTokens(prefix: string): ProgramTokenForm {
  return {
    isMeant: (token) => token.startsWith(prefix),
    format: ({ id, secret }) => `${prefix}${id}.${secret}`,
    parse(token) {
      if (!token.startsWith(prefix)) return null;
      const [, id, accountId, secret] = AFTER_PREFIX.exec(token.slice(prefix.length)) ?? [];
      if (id === undefined || accountId === undefined || secret === undefined) return null;
      return { accountId, id, secret };
    },
  };
}

/** A digest that no secret has, compared where there is no token, so that this takes the time of a wrong secret. */
const NO_DIGEST = 'A'.repeat(43);

/** Whether a secret is the one of a token, in constant time, also where there is no such token. */
export function isSecretOfToken(secretDigest: string | undefined, secret: string): boolean {
  const matches = isSecretOf(secretDigest ?? NO_DIGEST, secret);
  return matches && secretDigest !== undefined;
}
