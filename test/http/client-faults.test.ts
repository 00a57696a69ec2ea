import { expect, it } from '@jest/globals';
import { createClientFaults, type ClientFaultLine } from '../../src/http/client-faults.js';
import { eventually } from '../support/eventually.js';

const errorOf = (code?: unknown) => Object.assign(new Error('xK9'), { code });

function given(sampleFor?: number) {
  const lines: ClientFaultLine[] = [];
  return { lines, faults: createClientFaults({ log: (line) => lines.push(line), ...(sampleFor && { sampleFor }) }) };
}

it('the first fault of each kind and code is logged at once, the others as a count', async () => {
  const { lines, faults } = given(50);
  for (let n = 0; n < 3; n += 1) faults.note('CONNECTION_LOST', errorOf('ECONNRESET'));
  faults.note('CONNECTION_LOST', errorOf('EPIPE'));
  faults.note('INVALID_FRAME', errorOf('EPIPE'));
  const first = [
    { fault: 'CONNECTION_LOST', code: 'ECONNRESET', times: 1 },
    { fault: 'CONNECTION_LOST', code: 'EPIPE', times: 1 },
    { fault: 'INVALID_FRAME', code: 'EPIPE', times: 1 },
  ];
  expect(lines).toStrictEqual(first);
  await eventually(async () => {
    expect(lines).toStrictEqual([...first, { fault: 'CONNECTION_LOST', code: 'ECONNRESET', times: 2 }]);
  });
  faults.note('CONNECTION_LOST', errorOf('ECONNRESET'));
  expect(lines.at(-1)).toStrictEqual({ fault: 'CONNECTION_LOST', code: 'ECONNRESET', times: 1 });
});

it('what was counted is logged at the end', () => {
  const { lines, faults } = given();
  for (let n = 0; n < 5; n += 1) faults.note('INVALID_HTTP', errorOf('HPE_INVALID_METHOD'));
  faults.stop();
  expect(lines.map(({ times }) => times)).toStrictEqual([1, 4]);
});

it('nothing of what a client sent is logged, and codes are bounded', () => {
  const { lines, faults } = given();
  for (const code of [undefined, 7, 'xK9', 'A B', 'A'.repeat(65)]) faults.note('INVALID_HTTP', errorOf(code));
  for (let n = 0; n < 1_000; n += 1) faults.note('INVALID_HTTP', errorOf(`E${n}`));
  faults.stop();
  expect(lines.length).toBeLessThan(250);
  expect(lines.reduce((sum, { times }) => sum + times, 0)).toBe(1_005);
  expect(JSON.stringify(lines)).not.toMatch(/xK9|A B|AAAA/);
});
