import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../support/eventstoredb/main.ts', import.meta.url));

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', MAIN, ...args], { encoding: 'utf8' });
}

test('the process says how it is used', () => {
  const { status, stdout } = run('--help');
  expect(status).toBe(0);
  for (const option of ['--port', '--file', '--help']) expect(stdout).toContain(option);
});

test.each([[['--port', 'many']], [['--unknown']]])('the process refuses %p', (args) => {
  const { status, stderr } = run(...args);
  expect(status).not.toBe(0);
  expect(stderr).toContain(args[0]);
});
