import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { NodeToTest } from './other-node.js';
import { programOf } from './programs.js';
import { UNLIMITED } from './unlimited.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Where it listens, once it says so. Fails with what it wrote if it ends before. */
  readonly url: Promise<string>;
  /** How it ended, once it has. */
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** A folder for the files of a test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'virtual-mfa-process-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => (text += chunk));
  return () => text;
}

/** Starts the service as the command line does, with nothing but these variables. @param program what Node is to run */
export function startProcess(
  environment: Readonly<Record<string, string>>,
  args = ['serve'],
  program: readonly string[] = programOf('main'),
  node: Pick<NodeToTest, 'path' | 'flags'> = { path: process.execPath, flags: [] },
): ServiceProcess {
  const child = spawn(node.path, [...node.flags, ...program, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PORT: '0', NODE_ENV: 'test', ...UNLIMITED, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const exit = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /^Virtual MFA listens on (\S+)$/m.exec(out())?.[1];
      if (found !== undefined) resolve(found);
    });
    void exit.then(({ code, signal }) => reject(new Error(`it ended (${String(code ?? signal)}): ${out()}${err()}`)));
  });
  // Whoever does not ask for the address does not care that there is none.
  url.catch(() => undefined);
  return { child, out, err, url, exit };
}
