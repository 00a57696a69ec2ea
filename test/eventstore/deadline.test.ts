import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { within } from '../../src/eventstore/deadline.js';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A call that answers when it is told to, with what it tells of itself meanwhile. */
function heldCall() {
  let answer: (text: string) => void = () => undefined;
  let goesOn: () => void = () => undefined;
  const call = (tell: () => void) => {
    goesOn = tell;
    return new Promise<string>((resolve) => (answer = resolve));
  };
  return { call, answer: (text: string) => answer(text), goesOn: () => goesOn() };
}

describe('a call to the log', () => {
  it('is given up when its time is over', async () => {
    const { call } = heldCall();
    const given = within(1_000, call);
    jest.advanceTimersByTime(999);
    const refused = expect(given).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    jest.advanceTimersByTime(1);
    await refused;
  });

  it('that gets on has as long again each time, and no longer', async () => {
    const { call, goesOn } = heldCall();
    let settled = false;
    const given = within(1_000, call).finally(() => (settled = true));
    const refused = expect(given).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (let portion = 0; portion < 5; portion += 1) {
      jest.advanceTimersByTime(900);
      goesOn();
    }
    await Promise.resolve();
    expect(settled).toBe(false);
    jest.advanceTimersByTime(1_000);
    await refused;
  });

  it('is answered with what it answers, and leaves no timer behind', async () => {
    const { call, answer } = heldCall();
    const given = within(1_000, call);
    answer('here');
    await expect(given).resolves.toBe('here');
    await Promise.resolve();
    expect(jest.getTimerCount()).toBe(0);
  });
});
