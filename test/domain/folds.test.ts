import { describe, expect, it } from '@jest/globals';
import { accountDecider } from '../../src/domain/account/decider.js';
import { catalogue, type DomainEvent, type DomainEventType, type RecordedEvent } from '../../src/domain/catalogue.js';
import type { Decider } from '../../src/domain/decider.js';
import { mfaDecider } from '../../src/domain/mfa/decider.js';
import { nameDecider } from '../../src/domain/name/decider.js';
import { grantDecider } from '../../src/domain/operation/grant.js';
import { passwordDecider } from '../../src/domain/password/decider.js';
import { reactionDecider } from '../../src/domain/reaction/decider.js';
import { sessionDecider } from '../../src/domain/session/decider.js';
import { userDecider } from '../../src/domain/user/decider.js';
import { event, times } from '../support/builders.js';
import { record } from '../support/given.js';

type AnyDecider = Decider<unknown, never, RecordedEvent>;

/** Each decider with what has to have happened before its other events change anything. */
const deciders = [
  [accountDecider, event('PrimaryAccountRegistered')],
  [userDecider, event('UserCreated')],
  [mfaDecider, event('MfaEnabled', { timeStep: 0 })],
  [passwordDecider, event('PasswordRejected')],
  [sessionDecider, event('SessionStarted')],
  [nameDecider, event('NameReserved')],
  [reactionDecider, event('ReactionClaimed')],
  [grantDecider, event('VerificationGrantRedeemed')],
] as const;

const EVENTS = 3_000;
/** Entries of objects and lists, all the way down. An honest state has fewer than a hundred. */
const MOST_ENTRIES = 1_000;

function entriesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const values: unknown[] = Object.values(value);
  return values.reduce<number>((sum, one) => sum + 1 + entriesOf(one), 0);
}

const ALWAYS_THE_SAME = new Set(['accountId', 'userId']);

/** The nth of many events of a type, all at one moment: every id is new, and every number another one. */
function another(type: DomainEventType, n: number): DomainEvent {
  const { data } = event(type);
  const changed = Object.entries(data).map(([name, value]) => {
    if (name.endsWith('Id') && !ALWAYS_THE_SAME.has(name)) return [name, `${name}-${n}`];
    return typeof value === 'number' ? [name, name === 'place' ? n % 10 : n] : [name, value as unknown];
  });
  return event(type, Object.fromEntries(changed) as object);
}

/** Some events do not come alone. */
const FOLLOWED_BY: Partial<Record<DomainEventType, (n: number) => readonly DomainEvent[]>> = {
  // What is void is destroyed; a list of what is to be destroyed must lose nothing.
  RecoveryCodesGenerated: (n) => [event('RecoveryCodesDestroyed', { codeSetId: `codeSetId-${n - 1}` })],
  OperationChallenged: (n) => (n % 3 === 0 ? [event('OperationVerified', { challengeId: `challengeId-${n}` })] : []),
  AuditTokenCreated: (n) => [event('AuditTokenRevoked', { tokenId: `tokenId-${n}` })],
  ServiceCredentialCreated: (n) => [event('ServiceCredentialRevoked', { credentialId: `credentialId-${n}` })],
};

const rows = deciders.flatMap(([decider, before]) =>
  (Object.keys(catalogue) as DomainEventType[])
    .filter((type) => catalogue[type].streams.includes(decider.category))
    .map((type) => [decider.category, type, { decider: decider as unknown as AnyDecider, before }] as const),
);

describe('Thousands of events within a moment', () => {
  it.each(rows)('fold %s to a state that stays small: %s', (_, type, { decider, before }) => {
    const many = times(EVENTS, (n) => [another(type, n), ...(FOLLOWED_BY[type]?.(n) ?? [])]).flat();
    const recorded = [before, ...many].map((one, index) => record<DomainEvent>(one, index + 1));
    let state = decider.initial;
    let most = 0;
    for (const one of recorded as unknown as RecordedEvent[]) {
      state = decider.evolve(state, one);
      // Counting at each event would itself take a square of them where the state grows.
      if (one.version % 100 === 0) most = Math.max(most, entriesOf(state));
    }
    expect(most).toBeLessThan(MOST_ENTRIES);
  });
});
