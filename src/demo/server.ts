import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from './demo-error.js';

type Child = ChildProcessByStdio<null, Readable, Readable>;

export interface ServerOptions {
  /** The program whose `serve` is started: the one that is running. */
  readonly script: string;
  readonly dataDir: string;
  /** Gives up starting, and says that others may have signalled the server as well. */
  readonly signal: AbortSignal;
  /** Told when the server ends without having been asked to. */
  readonly onLost: (error: Error) => void;
}

/** A server of our own, in a process of its own. */
export interface Server {
  /** Where it says that it listens. */
  readonly url: string;
  /** The last lines that it wrote to standard error. */
  readonly log: () => string;
  /**
   * Asks it to stop.
   * @throws {DemoError} unless it ends with exit code 0
   */
  readonly stop: () => Promise<void>;
  /** Makes sure that it has ended, however. */
  readonly end: () => Promise<void>;
}

const LONGEST_START = 30_000;
const LONGEST_STOP = 15_000;
/** How long a server that was signalled together with us may take to end by itself. */
const GRACE = 1_000;
const KEPT_LOG_LINES = 20;

const AUDIT_UNSET = { AUDIT_KEYS: '', AUDIT_KEYS_FILE: '', AUDIT_ORIGIN: '', AUDIT_CHECKPOINTS_FILE: '' };
const GRANTS_UNSET = { GRANT_KEYS: '', GRANT_KEYS_FILE: '' };

/** Settings of the shell that would change the journey; empty ones count as not set. */
function environmentOf(dataDir: string): NodeJS.ProcessEnv {
  const unset = {
    KEY_RING: '',
    KEY_RING_FILE: '',
    PUBLIC_URL: '',
    ISSUER: '',
    TEST_CLOCK_FILE: '',
    ...AUDIT_UNSET,
    ...GRANTS_UNSET,
  };
  const set = { NODE_ENV: 'development', HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'info' };
  return { ...process.env, ...unset, ...set };
}

function spawnServer({ script, dataDir }: ServerOptions): Child {
  if (!existsSync(script)) throw new DemoError(`There is no ${script}. Build the service first: npm run build`);
  return spawn(process.execPath, [...process.execArgv, script, 'serve'], {
    env: environmentOf(dataDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** How a process ended, in words: `exit code 1`. */
function ending(child: Child): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === null ? (signal ?? 'no exit code') : `exit code ${code}`));
  });
}

function announcedUrl(child: Child): Promise<string> {
  return new Promise((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const url = / listens on (http\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

function keepLog(child: Child): () => string {
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    if (lines.length > KEPT_LOG_LINES) lines.shift();
  });
  return () => lines.join('\n');
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** What a promise comes to, or null if that takes too long. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | null> {
  return Promise.race([promise, sleep(milliseconds, null, { ref: false })]);
}

async function endOf(child: Child, ended: Promise<string>, signal: AbortSignal): Promise<void> {
  if (signal.aborted && (await within(GRACE, ended)) !== null) return;
  child.kill('SIGTERM');
  if ((await within(LONGEST_STOP, ended)) !== null) return;
  child.kill('SIGKILL');
  await ended;
}

async function stopOf(child: Child, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const how = await within(LONGEST_STOP, ended);
  if (how === null) throw new DemoError(`The server did not stop within ${LONGEST_STOP / 1000} s of SIGTERM.`);
  if (how !== 'exit code 0')
    throw new DemoError(`The server was asked to stop and ended with ${how}, not exit code 0.`);
}

async function listening(child: Child, ended: Promise<string>, log: () => string, signal: AbortSignal) {
  const lost = ended.then((how) => {
    throw new DemoError(`The server did not start; it ended with ${how}.\n${log()}`.trimEnd());
  });
  const url = await Promise.race([within(LONGEST_START, announcedUrl(child)), lost, aborted(signal)]);
  if (url === null) throw new DemoError(`The server did not say within ${LONGEST_START / 1000} s where it listens.`);
  return url;
}

/** Starts a server on a free port and waits until it says where it listens. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { signal, onLost } = options;
  signal.throwIfAborted();
  const child = spawnServer(options);
  const ended = ending(child);
  const log = keepLog(child);
  let leaving = false;
  const leave = (how: Promise<void>) => {
    leaving = true;
    return how;
  };
  const end = () => leave(endOf(child, ended, signal));
  try {
    const url = await listening(child, ended, log, signal);
    void ended.then((how) => {
      if (!leaving) onLost(new DemoError(`The server ended by itself, with ${how}.`));
    });
    return { url, log, end, stop: () => leave(stopOf(child, ended)) };
  } catch (error) {
    await end();
    throw error;
  }
}
