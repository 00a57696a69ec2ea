import { LRUCache } from 'lru-cache';
import { passwordDecider, type PasswordState } from '../domain/password/decider.js';
import type { UnknownNames } from './application.js';

/** Names that do not exist, of which wrong passwords are counted; the ones longest unused are forgotten. */
const MOST_NAMES = 10_000;

const nobody = {
  actor: { kind: 'ANONYMOUS', id: null },
  sessionId: null,
  requestId: '',
  correlationId: '',
  causationId: null,
} as const;

/** Applies the rules of passwords to names that do not exist, in memory. */
export function createUnknownNames(): UnknownNames {
  const states = new LRUCache<string, PasswordState>({ max: MOST_NAMES });
  return {
    reject(nameDigest, now) {
      const before = states.get(nameDigest) ?? passwordDecider.initial;
      const subject = { accountId: nameDigest, userId: nameDigest, browserId: null };
      const { events } = passwordDecider.decide(
        { type: 'CheckPassword', ...subject, matches: false, isCurrent: true, now },
        before,
      );
      const metadata = { ...nobody, occurredAt: now };
      const recorded = events.map((event, index) => ({ ...event, version: index + 1, metadata }));
      states.set(nameDigest, recorded.reduce(passwordDecider.evolve, before));
    },
  };
}
