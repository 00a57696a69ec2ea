import { expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTurns } from '../../src/application/turns.js';

it('Portions of long work run one in each turn of the event loop, in the order in which they ask', async () => {
  const turns = createTurns();
  let turn = 0;
  let isDone = false;
  const count = (async () => {
    for (; !isDone; turn += 1) await nextTurn();
  })();
  const ran: { readonly work: number; readonly turn: number }[] = [];
  const work = async (number: number) => {
    for (let portion = 0; portion < 10; portion += 1) {
      await turns.take();
      ran.push({ work: number, turn });
    }
  };
  await Promise.all([1, 2, 3].map(work));
  isDone = true;
  await count;
  expect(new Set(ran.map((portion) => portion.turn)).size).toBe(30);
  expect(ran.map((portion) => portion.work)).toStrictEqual(Array.from({ length: 10 }, () => [1, 2, 3]).flat());
});
