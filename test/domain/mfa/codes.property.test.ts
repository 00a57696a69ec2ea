import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/domain/catalogue.js';
import { MINUTE, type Instant } from '../../../src/domain/instant.js';
import type { MfaCommand } from '../../../src/domain/mfa/commands.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import {
  cancelEnrollment,
  code,
  disable,
  enable,
  event,
  later,
  proof,
  requireMfa,
  startEnrollment,
  unlock,
  waive,
} from '../../support/builders.js';
import { play } from '../../support/play.js';

const devices = fc.constantFrom('phone', 'tablet', 'key');
const steps = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.nat({ max: 12 }) });
const minutes = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 40 }) });

type Make = (now: Instant, fiveMinutes: number) => MfaCommand;

const codeGiven = fc
  .record({ deviceId: devices, timeStep: steps, attempt: fc.nat({ max: 2 }) })
  .map(({ deviceId, timeStep, attempt }): Make => {
    // A challenge lives five minutes, so no id comes again after that.
    return (now, fiveMinutes) =>
      code(timeStep, { proof: proof(deviceId, timeStep), now, challengeId: `challenge-${fiveMinutes}-${attempt}` });
  });

/** A code that is right for a step near the window only. */
const driftedCode = fc
  .record({ deviceId: devices, timeStep: fc.nat({ max: 12 }), attempt: fc.nat({ max: 2 }) })
  .map(({ deviceId, timeStep, attempt }): Make => {
    const drifted = { deviceId, timeStep: null, drift: { timeStep, offsetSeconds: 60 } };
    return (now, fiveMinutes) =>
      code(null, { proof: drifted, now, challengeId: `challenge-${fiveMinutes}-${attempt}` });
  });

const administered = fc.constantFrom<Make>(
  (now) => disable({ now }),
  (now) => disable({ now, by: 'ADMINISTRATOR', verifiedBy: 'PASSWORD' }),
  (now) => requireMfa({ now }),
  (now) => requireMfa({ now, effective: 'IMMEDIATELY' }),
  (now) => waive({ now }),
);

const anyCommand: fc.Arbitrary<Make> = fc.oneof(
  { weight: 12, arbitrary: codeGiven },
  { weight: 3, arbitrary: driftedCode },
  { weight: 1, arbitrary: administered },
  {
    weight: 2,
    arbitrary: devices.map((deviceId): Make => {
      return (now) => startEnrollment({ deviceId, now, verifiedBy: 'VIRTUAL_MFA' });
    }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(devices, steps).map(
      ([deviceId, step]): Make =>
        (now) =>
          enable(step, { deviceId, now }),
    ),
  },
  {
    weight: 1,
    arbitrary: devices.map(
      (deviceId): Make =>
        (now) =>
          cancelEnrollment({ deviceId, now }),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Make>((now) => unlock({ now })) },
);

/** Any commands in any order, over hours; a device id is used again, which makes it harder, not easier. */
const history = fc
  .array(fc.tuple(anyCommand, minutes), { minLength: 1, maxLength: 80, size: 'max' })
  .map((commands) => {
    let minute = 0;
    return commands.map(([make, pause], index) => {
      minute += pause;
      return make(later(minute * MINUTE + index), Math.floor(minute / 5));
    });
  });

function eventsOf(commands: readonly MfaCommand[]) {
  return play(mfaDecider, commands, event('MfaEnrollmentStarted'), event('MfaEnabled', { timeStep: 3 })).events;
}

function holdsForEveryHistory(check: (events: readonly RecordedEvent[], commands: readonly MfaCommand[]) => void) {
  fc.assert(
    fc.property(history, (commands) => check(eventsOf(commands), commands)),
    { numRuns: 300 },
  );
}

describe('Whatever is done with codes and devices', () => {
  it('the accepted steps of a device strictly increase, so that no step is accepted twice', () => {
    holdsForEveryHistory((events) => {
      let last = -1;
      for (const { type, data } of events) {
        if (type === 'MfaEnabled' || type === 'MfaDeviceReplaced') last = data.timeStep;
        if (type !== 'MfaCodeAccepted') continue;
        expect(data.timeStep).toBeGreaterThan(last);
        last = data.timeStep;
      }
    });
  });

  it('a step that a drifting clock gave away is told of once, and never accepted', () => {
    holdsForEveryHistory((events) => {
      const givenAway = new Set<number | null>();
      for (const { type, data } of events) {
        if (type === 'MfaEnabled' || type === 'MfaDeviceReplaced') givenAway.clear();
        if (type === 'MfaCodeAccepted') expect(givenAway).not.toContain(data.timeStep);
        if (type !== 'MfaCodeRejected' || data.reason !== 'CLOCK_DRIFT') continue;
        expect(givenAway).not.toContain(data.timeStep);
        givenAway.add(data.timeStep);
      }
    });
  });

  it('there is at most one enabled device, and only its codes are accepted', () => {
    holdsForEveryHistory((events) => {
      let enabled: string | null = null;
      for (const { type, data } of events) {
        if (type === 'MfaEnabled') {
          expect(enabled).toBeNull();
          enabled = data.deviceId;
        } else if (type === 'MfaDeviceReplaced') {
          expect(data.oldDeviceId).toBe(enabled);
          enabled = data.newDeviceId;
        } else if (type === 'MfaDisabled') {
          expect(data.deviceId).toBe(enabled);
          enabled = null;
        } else if (type === 'MfaCodeAccepted') expect(data.deviceId).toBe(enabled);
      }
    });
  });

  it('wrong codes are counted one by one, every tenth locks, and nothing is checked while locked', () => {
    holdsForEveryHistory((events) => {
      let inARow = 0;
      let lockedUntil: Instant | null = '';
      events.forEach(({ type, data, metadata }, index) => {
        if (type === 'MfaCodeAccepted' || type === 'MfaCodeRejected' || type === 'MfaCodeReplayed') {
          expect(lockedUntil !== null && lockedUntil <= metadata.occurredAt).toBe(true);
        }
        if (type === 'MfaCodeRejected') {
          inARow += data.reason === 'STALE' ? 0 : 1;
          expect(data.consecutiveFailures).toBe(inARow);
          const locks = data.reason !== 'STALE' && inARow % 10 === 0;
          expect(events[index + 1]?.type === 'MfaLocked').toBe(locks);
        }
        if (type === 'MfaLocked') lockedUntil = data.lockedUntil;
        if (['MfaCodeAccepted', 'MfaUnlocked', 'MfaEnabled', 'MfaDeviceReplaced'].includes(type)) {
          inARow = 0;
          lockedUntil = '';
        }
      });
    });
  });

  it('no challenge takes more than five codes that are not right', () => {
    holdsForEveryHistory((events) => {
      const taken = new Map<string, number>();
      for (const { type, data } of events) {
        if (type !== 'MfaCodeRejected' && type !== 'MfaCodeReplayed') continue;
        const count = (taken.get(data.challengeId) ?? 0) + 1;
        taken.set(data.challengeId, count);
        expect(count).toBeLessThanOrEqual(5);
        expect(data.attemptsLeft).toBe(5 - count);
      }
    });
  });

  it('what a stream has grown to never shows in what a command costs: few challenges are kept', () => {
    holdsForEveryHistory((_, commands) => {
      const { state } = play(mfaDecider, commands, event('MfaEnabled', { timeStep: 3 }));
      // Those of sign-ins that were not answered are kept for twelve hours, fifty at most.
      expect(Object.keys(state.challenges).length).toBeLessThanOrEqual(50);
    });
  });
});
