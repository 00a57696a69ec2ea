import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE, SECOND } from '../../../src/domain/instant.js';
import { passwordDecider, type CheckPassword } from '../../../src/domain/password/decider.js';
import { later, rightPassword } from '../../support/builders.js';
import { play } from '../../support/play.js';

const attempt = fc.record({
  browserId: fc.constantFrom(null, 'laptop', 'desktop'),
  matches: fc.boolean(),
  pause: fc.integer({ min: 0, max: 5 * MINUTE }),
});

/** Passwords one after the other; wrong more often than right, or nothing would ever back off. */
const attempts = fc.array(attempt, { maxLength: 40 }).map((all) => {
  let now = 0;
  return all.map(({ pause, matches, browserId }): CheckPassword => {
    now += pause;
    return rightPassword({ browserId, matches: matches && pause % 5 === 0, now: later(now) });
  });
});

describe('Whatever passwords are tried', () => {
  it('no five in a row of one browser are checked without a pause of at least 30 seconds after them', () => {
    fc.assert(
      fc.property(attempts, (commands) => {
        const { events } = play(passwordDecider, commands);
        const backingOffUntil = new Map<string | null, string>();
        for (const event of events) {
          if (event.type === 'PasswordBackOffCleared') continue;
          const { browserId } = event.data;
          if (event.type === 'PasswordBackOffStarted') backingOffUntil.set(browserId, event.data.until);
          else expect(event.metadata.occurredAt >= (backingOffUntil.get(browserId) ?? '')).toBe(true);
          if (event.type === 'PasswordRejected' && event.data.consecutiveFailures >= 5) {
            const started = events[event.version];
            expect(started?.type).toBe('PasswordBackOffStarted');
          }
        }
      }),
    );
  });

  it('what one browser does changes nothing for another', () => {
    fc.assert(
      fc.property(attempts, (commands) => {
        const ofLaptop = (command: CheckPassword) => command.browserId === 'laptop';
        const together = play(passwordDecider, commands).decisions.filter((_, index) => {
          const command = commands[index];
          return command !== undefined && ofLaptop(command);
        });
        expect(together).toEqual(play(passwordDecider, commands.filter(ofLaptop)).decisions);
      }),
    );
  });

  it('no back-off is longer than 15 minutes or shorter than 30 seconds', () => {
    fc.assert(
      fc.property(attempts, (commands) => {
        for (const { type, data, metadata } of play(passwordDecider, commands).events) {
          if (type !== 'PasswordBackOffStarted') continue;
          const length = Date.parse(data.until) - Date.parse(metadata.occurredAt);
          expect(length).toBeGreaterThanOrEqual(30 * SECOND);
          expect(length).toBeLessThanOrEqual(15 * MINUTE);
        }
      }),
    );
  });
});
