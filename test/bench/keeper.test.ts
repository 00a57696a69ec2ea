import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Kept } from '../../bench/support/keep.js';

const KEEP = join(process.cwd(), 'bench/support/keep.ts');

let ended: (() => void)[] = [];

afterEach(() => {
  for (const end of ended) end();
  ended = [];
});

/** A process that would live for long. */
function longLived(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { stdio: 'ignore' });
  ended.push(() => void child.kill('SIGKILL'));
  return child;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'kept-'));
  writeFileSync(join(path, 'log.db'), 'a copy');
  ended.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A process that has things kept, and others let go of, says that it has done so, and then waits. */
async function keeping(kept: readonly Kept[], released: readonly Kept[]): Promise<ChildProcess> {
  const script = `
    import { keep } from ${JSON.stringify(pathToFileURL(KEEP).href)};
    for (const what of ${JSON.stringify(released)}) keep(what)();
    for (const what of ${JSON.stringify(kept)}) keep(what);
    setTimeout(() => console.log('kept'), 200);
    setInterval(() => {}, 1_000);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  ended.push(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

async function gone(path: string): Promise<void> {
  while (existsSync(path)) await sleep(20);
}

describe('The keeper of the bench', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)(
    'ends what was started and removes what was copied when the bench ends by %s',
    async (signal) => {
      const [server, copy] = [longLived(), folder()];
      const bench = await keeping([`process ${server.pid ?? 0}`, `folder ${copy}`], []);
      expect([server.exitCode, server.signalCode, existsSync(copy)]).toEqual([null, null, true]);
      const end = once(server, 'exit');
      bench.kill(signal);
      expect(await end).toEqual([null, 'SIGKILL']);
      await gone(copy);
    },
  );

  it('leaves alone what the bench has let go of', async () => {
    const [other, otherCopy, copy] = [longLived(), folder(), folder()];
    const bench = await keeping([`folder ${copy}`], [`process ${other.pid ?? 0}`, `folder ${otherCopy}`]);
    bench.kill('SIGKILL');
    // What is kept goes last: by then the rest would be gone.
    await gone(copy);
    expect([other.exitCode, other.signalCode, existsSync(otherCopy)]).toEqual([null, null, true]);
  });
});
