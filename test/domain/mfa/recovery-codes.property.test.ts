import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/domain/catalogue.js';
import { type Instant } from '../../../src/domain/instant.js';
import type { MfaCommand } from '../../../src/domain/mfa/commands.js';
import { CHALLENGE_ATTEMPTS } from '../../../src/domain/mfa/codes.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import { code, disable, enable, event, later, startEnrollment, wrongCode } from '../../support/builders.js';
import { generateCodes, noteCodesDestroyed, recoveryCode } from '../../support/recovery-builders.js';
import { play } from '../../support/play.js';

const sets = fc.constantFrom('codes', 'others', 'more');
const places = fc.option(fc.nat({ max: 9 }), { freq: 4 });
const challenges = fc.nat({ max: 3 }).map((n) => `challenge ${n}`);

type Make = (now: Instant, index: number) => MfaCommand;

const given: fc.Arbitrary<Make> = fc.tuple(sets, places, challenges).map(([codeSetId, place, challengeId]): Make => {
  return (now) => recoveryCode(place, { now, challengeId, proof: { codeSetId, place } });
});

const anyCommand: fc.Arbitrary<Make> = fc.oneof(
  { weight: 12, arbitrary: given },
  {
    weight: 2,
    arbitrary: challenges.map(
      (challengeId): Make =>
        (now) =>
          wrongCode({ now, challengeId }),
    ),
  },
  {
    weight: 1,
    arbitrary: challenges.map(
      (challengeId): Make =>
        (now, step) =>
          code(step + 200, { now, challengeId }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(sets, fc.boolean()).map(([codeSetId, verified]): Make => {
      return (now) => generateCodes({ now, codeSetId, challengeId: verified ? 'challenge' : null });
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Make>(
      (now) => startEnrollment({ now, verifiedBy: 'RECOVERY_CODE' }),
      (now, step) => enable(step + 200, { now }),
      (now) => disable({ now, verifiedBy: 'RECOVERY_CODE' }),
      (now) => noteCodesDestroyed({ now }),
    ),
  },
);

/** Any commands in any order within the life of a challenge; ids of sets come again, which makes it harder, not easier. */
const history = fc
  .array(anyCommand, { minLength: 1, maxLength: 80, size: 'max' })
  .map((commands) => commands.map((make, index) => make(later(index), index)));

function holdsForEveryHistory(check: (events: readonly RecordedEvent[]) => void) {
  const before = [event('MfaEnabled'), event('RecoveryCodesGenerated')];
  fc.assert(
    fc.property(history, (commands) => check(play(mfaDecider, commands, ...before).events)),
    { numRuns: 300 },
  );
}

describe('Whatever is done with recovery codes', () => {
  it('none is used twice, and none but of the set that was generated last, while there is a device', () => {
    holdsForEveryHistory((events) => {
      let live: string | null = null;
      let used = new Set<number>();
      for (const { type, data } of events) {
        if (type === 'RecoveryCodesGenerated') [live, used] = [data.codeSetId, new Set()];
        if (type === 'MfaDisabled') live = null;
        // Where its digests are gone the set is gone, whichever it was.
        if (type === 'RecoveryCodesDestroyed' && data.codeSetId === live) live = null;
        if (type !== 'RecoveryCodeUsed') continue;
        expect(data.codeSetId).toBe(live);
        expect(used.has(data.place)).toBe(false);
        used.add(data.place);
        expect(data.codesLeft).toBe(10 - used.size);
      }
    });
  });

  it('a challenge takes five answers that are not right, whatever they are, and none after that', () => {
    holdsForEveryHistory((events) => {
      const failures = new Map<string, number>();
      for (const { type, data } of events) {
        if (!('challengeId' in data) || typeof data.challengeId !== 'string' || !ANSWERS.has(type)) continue;
        const before = failures.get(data.challengeId) ?? 0;
        expect(before).toBeLessThan(CHALLENGE_ATTEMPTS);
        if (REFUSALS.has(type)) failures.set(data.challengeId, before + 1);
      }
    });
  });

  it('a set takes the place of another only by a verification', () => {
    holdsForEveryHistory((events) => {
      let live: string | null = null;
      for (const { type, data } of events) {
        if (type === 'MfaDisabled' || (type === 'RecoveryCodesDestroyed' && data.codeSetId === live)) live = null;
        if (type !== 'RecoveryCodesGenerated') continue;
        if (live !== null) expect(data.challengeId).not.toBeNull();
        live = data.codeSetId;
      }
    });
  });

  it('ten wrong codes in a row lock, with no right one of either kind between', () => {
    holdsForEveryHistory((events) => {
      let run = 0;
      for (const { type, data } of events) {
        if (type === 'MfaCodeRejected' && data.reason !== 'STALE') run += 1;
        if (RESETS.has(type)) run = 0;
        if (type === 'MfaLocked') expect(run % 10).toBe(0);
        if (type === 'MfaCodeRejected') expect(data.consecutiveFailures).toBe(run);
      }
    });
  });
});

const REFUSALS = new Set<string>(['MfaCodeRejected', 'MfaCodeReplayed', 'RecoveryCodeRejected']);
const RESETS = new Set<string>(['MfaCodeAccepted', 'RecoveryCodeUsed', 'MfaEnabled', 'MfaDeviceReplaced']);
const ANSWERS = new Set<string>([...REFUSALS, 'MfaCodeAccepted', 'RecoveryCodeUsed']);
