import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { programOf } from '../programs.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A double in a process of its own. */
export interface DoubleProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Kills it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
  /** Freezes it: it keeps its connections, and neither reads nor writes. */
  stop(): void;
  /** Lets it go on. */
  cont(): void;
}

/** Where a double runs: a port of 0 or none takes a free one, and without a file its log is gone with it. */
export interface DoubleProcessOptions {
  readonly file?: string;
  readonly port?: number;
}

function collect(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => (text += chunk));
  return () => text;
}

/** Starts a double and waits until it listens. Fails with what it wrote if it ends before. */
export async function startDoubleProcess({ file, port = 0 }: DoubleProcessOptions = {}): Promise<DoubleProcess> {
  const args = ['--port', port.toString(), ...(file === undefined ? [] : ['--file', file])];
  const child = spawn(process.execPath, [...programOf('eventstoredb-double'), ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: 'test' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const exit = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /^EventStoreDB double listens on (\S+)$/m.exec(out())?.[1];
      if (found !== undefined) resolve(found);
    });
    void exit.then(([code, signal]) => reject(new Error(`it ended (${String(code ?? signal)}): ${out()}${err()}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    stop: () => void child.kill('SIGSTOP'),
    cont: () => void child.kill('SIGCONT'),
  };
}
