import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { keep } from './keep.js';
import { ROOT } from './paths.js';

export interface ServerOptions {
  /** What Node is told: flags, the script, its arguments. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where standard error goes; nowhere by default. */
  readonly log?: string;
}

/** A server in a process of its own. */
export interface ServerProcess {
  /** The line in which it said where it listens. */
  readonly announcement: string;
  readonly pid: number;
  /** Memory in use, in MB (resident set). */
  readonly memory: () => number;
  /** Asks it to stop and waits. @throws where it ends otherwise than with exit code 0 */
  readonly stop: () => Promise<void>;
}

const LONGEST_START = 60_000;
const LONGEST_STOP = 20_000;

function memoryOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  const kilobytes = existsSync(status)
    ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1]
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString();
  return Number(kilobytes) / 1_024;
}

async function announced(child: ChildProcess): Promise<string> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the server has no standard output');
  for await (const line of createInterface(stdout)) if (line.includes('listens on ')) return line;
  throw new Error(`a server ended before it listened (exit code ${String(child.exitCode)})`);
}

function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  const late = sleep(milliseconds, undefined, { ref: false }).then(() => {
    throw new Error(`${what} took more than ${milliseconds / 1_000} s`);
  });
  return Promise.race([promise, late]);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await within(LONGEST_STOP, 'stopping a server', once(child, 'exit'));
  }
  if (child.exitCode !== 0) throw new Error(`a server ended with ${String(child.exitCode ?? child.signalCode)}, not 0`);
}

/** Starts a server and waits until it says that it listens. */
export async function startServer({ args, environment, log }: ServerOptions): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', log === undefined ? 'ignore' : openSync(log, 'a')],
  });
  if (child.pid !== undefined) child.once('exit', keep(`process ${child.pid}`));
  const announcement = await within(LONGEST_START, 'starting a server', announced(child));
  child.stdout?.resume();
  const pid = child.pid ?? 0;
  return { announcement, pid, memory: () => memoryOf(pid), stop: () => stop(child) };
}

/** The address in a server's announcement. */
export function urlIn(announcement: string): string {
  const url = /http:\S+/.exec(announcement)?.[0];
  if (url === undefined) throw new Error(`no address in: ${announcement}`);
  return url.replace('localhost', '127.0.0.1');
}
