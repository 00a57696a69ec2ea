import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'virtual-mfa-jest-')));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Jest with workers, which are killed if they do not end in so long, on two test files; one has this statement. */
function runJest(statement: string, workerGracefulExitTimeout: number) {
  const config = {
    rootDir: folder,
    reporters: ['default', join(ROOT, '.ci/killed-worker-reporter.mjs')],
    workerGracefulExitTimeout,
  };
  writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'first.test.js'), `test('passes', () => { ${statement} });`);
  writeFileSync(join(folder, 'second.test.js'), `test('passes', () => undefined);`);
  const jest = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--maxWorkers', '2', '--config', 'jest.config.json'];
  const { status, stderr } = spawnSync(process.execPath, jest, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return { status, stderr };
}

it('fails a run in which a test leaves a timer running, although all tests pass', () => {
  const { status, stderr } = runJest('setInterval(() => undefined, 1_000)', 100);
  expect(stderr).toContain('Tests:       2 passed, 2 total');
  expect(stderr).toContain('This run fails, because Jest had to kill a worker.');
  expect(status).toBe(1);
});

it('lets a run pass in which tests close everything', () => {
  const { status, stderr } = runJest('clearInterval(setInterval(() => undefined, 1_000))', 60_000);
  expect(stderr).toContain('Tests:       2 passed, 2 total');
  expect(status).toBe(0);
});
