import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE, SECOND, type Instant } from '../../../src/domain/instant.js';
import type { VerificationMethod } from '../../../src/domain/operation/method.js';
import type { SessionCommand } from '../../../src/domain/session/commands.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import {
  challengeOperation,
  endSession,
  event,
  later,
  refreshSession,
  useVerification,
  verifyOperation,
} from '../../support/builders.js';
import { play } from '../../support/play.js';

// Few ids, mostly equal arguments, mostly any method: so that what belongs together meets.
const ids = fc.constantFrom('one', 'two');
const digests = fc.constantFrom('arguments', 'arguments', 'arguments', 'other-arguments');
const answers = fc.constantFrom<VerificationMethod>('PASSWORD', 'VIRTUAL_MFA');
const offers = fc.uniqueArray(answers, { minLength: 1 });
type Make = (now: Instant) => SessionCommand;

const challenge = fc.tuple(ids, digests, offers).map(([challengeId, argumentsDigest, methods]): Make => {
  return (now) => challengeOperation({ challengeId, argumentsDigest, methods, now });
});
const verify = fc.tuple(ids, answers).map(([challengeId, method]): Make => {
  return (now) => verifyOperation({ challengeId, method, now });
});
const use = fc.tuple(ids, digests).map(([challengeId, argumentsDigest]): Make => {
  return (now) => useVerification({ challengeId, argumentsDigest, now });
});
const refresh = fc.constant<Make>((now) => refreshSession({ now }));
const end = fc.constant<Make>(() => endSession());

const anyCommand = fc.oneof(
  { weight: 5, arbitrary: challenge },
  { weight: 10, arbitrary: verify },
  { weight: 10, arbitrary: use },
  { weight: 3, arbitrary: refresh },
  { weight: 1, arbitrary: end },
);

const pauses = fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 40 * SECOND }) }, fc.nat({ max: 6 * MINUTE }));

const history = fc.array(fc.tuple(anyCommand, pauses), { maxLength: 60, size: 'max' }).map((commands) => {
  let now = 0;
  return commands.map(([make, pause]) => {
    now += pause;
    return make(later(now));
  });
});

describe('Whatever happens in a session', () => {
  it('a verification is used at most once, after its challenge was answered, within five minutes', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { events } = play(sessionDecider, commands, event('SessionStarted'));
        const open = new Map<string, { readonly since: Instant; verified: boolean }>();
        for (const { type, data, metadata } of events) {
          if (type === 'OperationChallenged')
            open.set(data.challengeId, { since: metadata.occurredAt, verified: false });
          if (type !== 'OperationVerified' && type !== 'OperationVerificationUsed') continue;
          const challenge = open.get(data.challengeId);
          expect(challenge).toBeDefined();
          if (challenge === undefined) continue;
          expect(Date.parse(metadata.occurredAt) - Date.parse(challenge.since)).toBeLessThan(5 * MINUTE);
          expect(challenge.verified).toBe(type === 'OperationVerificationUsed');
          challenge.verified = true;
          if (type === 'OperationVerificationUsed') open.delete(data.challengeId);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('nothing happens any more once it has ended', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { events } = play(sessionDecider, commands, event('SessionStarted'));
        const end = events.findIndex(({ type }) => type === 'SessionEnded');
        expect(end === -1 || end === events.length - 1).toBe(true);
      }),
    );
  });
});
