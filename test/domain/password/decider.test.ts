import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, SECOND } from '../../../src/domain/instant.js';
import { backOff, MOST_BUDGETS, passwordDecider } from '../../../src/domain/password/decider.js';
import { clearBackOff, event, later, rightPassword, times, wrongPassword } from '../../support/builders.js';
import { given, stateAfter } from '../../support/given.js';
import { play } from '../../support/play.js';

const LAPTOP = 'laptop';

function rejections(count: number, browserId: string | null = null) {
  return times(count, (n) => event('PasswordRejected', { browserId, consecutiveFailures: n }));
}

describe('A right password', () => {
  it('writes nothing where there was no wrong one', () => {
    given(passwordDecider).when(rightPassword()).then();
  });

  it('ends a run of wrong ones', () => {
    given(passwordDecider, ...rejections(4))
      .when(rightPassword())
      .then(event('PasswordAccepted'));
  });

  it('begins a new count', () => {
    given(passwordDecider, ...rejections(4), event('PasswordAccepted'))
      .when(wrongPassword())
      .thenRejected('WRONG_PASSWORD', event('PasswordRejected', { consecutiveFailures: 1 }));
  });

  it('leaves the runs of other browsers as they are', () => {
    given(passwordDecider, ...rejections(4), event('PasswordRejected', { browserId: LAPTOP }))
      .when(rightPassword({ browserId: LAPTOP }))
      .then(event('PasswordAccepted', { browserId: LAPTOP }));
    given(passwordDecider, ...rejections(3), event('PasswordAccepted', { browserId: LAPTOP }))
      .when(wrongPassword())
      .thenRejected('WRONG_PASSWORD', event('PasswordRejected', { consecutiveFailures: 4 }));
  });
});

describe('A wrong password', () => {
  it.each([1, 2, 3, 4])('is refused and recorded, as number %i in a row', (n) => {
    given(passwordDecider, ...rejections(n - 1))
      .when(wrongPassword())
      .thenRejected('WRONG_PASSWORD', event('PasswordRejected', { consecutiveFailures: n }));
  });

  it('starts a back-off of 30 seconds as the fifth in a row, and is still answered like any other', () => {
    given(passwordDecider, ...rejections(4))
      .when(wrongPassword())
      .thenRejected(
        'WRONG_PASSWORD',
        event('PasswordRejected', { consecutiveFailures: 5 }),
        event('PasswordBackOffStarted', { consecutiveFailures: 5, until: later(30 * SECOND) }),
      );
  });

  it.each([
    [5, 30 * SECOND],
    [6, 60 * SECOND],
    [7, 2 * MINUTE],
    [8, 4 * MINUTE],
    [9, 8 * MINUTE],
    [10, 15 * MINUTE],
    [11, 15 * MINUTE],
    [1_000, 15 * MINUTE],
    [100_000, 15 * MINUTE],
  ])('as number %i in a row backs off for %i ms', (n, wait) => {
    given(passwordDecider, event('PasswordRejected', { consecutiveFailures: n - 1 }))
      .when(wrongPassword())
      .thenRejected(
        'WRONG_PASSWORD',
        event('PasswordRejected', { consecutiveFailures: n }),
        event('PasswordBackOffStarted', { consecutiveFailures: n, until: later(wait) }),
      );
  });

  it.each([0, 1, 4])('backs off for no time after %i in a row', (n) => {
    expect(backOff(n)).toBe(0);
  });
});

describe('While passwords back off', () => {
  const until = later(30 * SECOND);
  const backingOff = [...rejections(5), event('PasswordBackOffStarted', { until })];

  it.each([true, false])('nothing is checked and nothing recorded (right password: %s)', (matches) => {
    const last = later(30 * SECOND - 1);
    given(passwordDecider, ...backingOff)
      .when(rightPassword({ matches, now: last }))
      .thenRejected({ code: 'PASSWORD_BACKING_OFF', retryAt: until });
  });

  it('a right password is accepted from the very moment of its end on', () => {
    given(passwordDecider, ...backingOff)
      .when(rightPassword({ now: until }))
      .then(event('PasswordAccepted'));
  });

  it('its end does not set back the count: the next wrong password backs off at once, for twice as long', () => {
    given(passwordDecider, ...backingOff)
      .when(wrongPassword({ now: until }))
      .thenRejected(
        'WRONG_PASSWORD',
        event('PasswordRejected', { consecutiveFailures: 6 }),
        event('PasswordBackOffStarted', { consecutiveFailures: 6, until: later(90 * SECOND) }),
      );
  });

  it('a browser that has signed in before is checked still', () => {
    given(passwordDecider, ...backingOff)
      .when(rightPassword({ browserId: LAPTOP }))
      .then();
    given(passwordDecider, ...backingOff)
      .when(wrongPassword({ browserId: LAPTOP }))
      .thenRejected('WRONG_PASSWORD', event('PasswordRejected', { browserId: LAPTOP, consecutiveFailures: 1 }));
  });
});

describe('A browser that has signed in before', () => {
  const own = { browserId: LAPTOP };

  it('has five wrong passwords of its own', () => {
    given(passwordDecider, ...rejections(5), ...rejections(4, LAPTOP))
      .when(wrongPassword(own))
      .thenRejected(
        'WRONG_PASSWORD',
        event('PasswordRejected', { ...own, consecutiveFailures: 5 }),
        event('PasswordBackOffStarted', { ...own, consecutiveFailures: 5, until: later(30 * SECOND) }),
      );
  });

  it('backs off without shutting out strangers or other browsers', () => {
    const backingOff = [...rejections(5, LAPTOP), event('PasswordBackOffStarted', { ...own, until: later(MINUTE) })];
    given(passwordDecider, ...backingOff)
      .when(rightPassword(own))
      .thenRejected({ code: 'PASSWORD_BACKING_OFF', retryAt: later(MINUTE) });
    given(passwordDecider, ...backingOff)
      .when(rightPassword())
      .then();
    given(passwordDecider, ...backingOff)
      .when(rightPassword({ browserId: 'desktop' }))
      .then();
  });

  it('is not mistaken for the strangers, whatever its id is', () => {
    given(passwordDecider, ...rejections(4))
      .when(wrongPassword({ browserId: 'strangers' }))
      .thenRejected('WRONG_PASSWORD', event('PasswordRejected', { browserId: 'strangers', consecutiveFailures: 1 }));
  });
});

describe('A browser for which there is no room', () => {
  const others = times(MOST_BUDGETS - 1, (n) => event('PasswordRejected', { browserId: `browser ${n}` }));
  const full = [...rejections(6), ...others];
  const backingOff = [...full, event('PasswordBackOffStarted', { consecutiveFailures: 6, until: later(MINUTE) })];
  const own = { browserId: LAPTOP };

  it('is counted as a stranger', () => {
    given(passwordDecider, ...backingOff)
      .when(rightPassword(own))
      .thenRejected({ code: 'PASSWORD_BACKING_OFF', retryAt: later(MINUTE) });
  });

  it('ends no run of strangers by a right password', () => {
    const { decisions, state } = play(passwordDecider, [rightPassword({ ...own, now: later(HOUR) })], ...backingOff);
    expect(decisions).toEqual([{ accepted: true, events: [] }]);
    expect(state).toEqual(stateAfter(passwordDecider, ...backingOff));
    const accepted = event('PasswordAccepted', own);
    expect(stateAfter(passwordDecider, ...backingOff, accepted)).toEqual(state);
  });

  it('ends its own run still where it had one before', () => {
    const state = stateAfter(passwordDecider, ...full, event('PasswordAccepted', { browserId: 'browser 1' }));
    expect(Object.keys(state.budgets)).toHaveLength(MOST_BUDGETS - 1);
    expect(state.budgets).not.toHaveProperty(['browser:browser 1']);
  });
});

describe('Clearing the back-off', () => {
  it('writes nothing where there was no wrong password', () => {
    given(passwordDecider).when(clearBackOff()).then();
    given(passwordDecider, ...rejections(2), event('PasswordAccepted'))
      .when(clearBackOff())
      .then();
  });

  it('sets back the budgets of all browsers', () => {
    const past = [...rejections(5), event('PasswordBackOffStarted', { until: later(HOUR) }), ...rejections(2, LAPTOP)];
    given(passwordDecider, ...past)
      .when(clearBackOff())
      .then(event('PasswordBackOffCleared'));
    expect(stateAfter(passwordDecider, ...past, event('PasswordBackOffCleared'))).toEqual({ budgets: {} });
  });
});

describe('Someone who guesses passwords without a pause', () => {
  it('has five of a thousand checked', () => {
    const { events } = play(
      passwordDecider,
      times(1_000, () => wrongPassword({ now: later(1) })),
    );
    expect(events.filter(({ type }) => type === 'PasswordRejected')).toHaveLength(5);
  });
});
