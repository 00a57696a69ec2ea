import { ownerOf } from './owned-id.js';

/** The trust in a browser as the browser keeps it: the log has only a digest of the secret. */
export interface TrustSecret {
  readonly trustId: string;
  readonly secret: string;
}

/** Users who may trust one browser; the ones longest ago are forgotten. */
const MOST_USERS = 5;
const ENTRY = /^([A-Za-z0-9-]{1,64}\.[A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{43})$/;

function parseEntry(entry: string): readonly TrustSecret[] {
  const [, trustId, secret] = ENTRY.exec(entry) ?? [];
  return trustId === undefined || secret === undefined ? [] : [{ trustId, secret }];
}

function parse(value: string | null): readonly TrustSecret[] {
  return (value ?? '').split('~', MOST_USERS).flatMap(parseEntry);
}

/** What a browser keeps of the trust of a user; null where it keeps nothing that has the form of it. */
export function trustKeptFor(value: string | null, userId: string): TrustSecret | null {
  return parse(value).find(({ trustId }) => ownerOf(trustId) === userId) ?? null;
}

/** What a browser is to keep once a user has trusted it. */
export function trustedBrowserWith(value: string | null, trust: TrustSecret): string {
  const owner = ownerOf(trust.trustId);
  const others = parse(value).filter(({ trustId }) => ownerOf(trustId) !== owner);
  const kept = [trust, ...others.slice(0, MOST_USERS - 1)];
  return kept.map(({ trustId, secret }) => `${trustId}.${secret}`).join('~');
}
