import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JobName, JobParams, JobResult } from '../jobs/catalogue.js';
import { keep } from './keep.js';
import { BENCH, profilePath, ROOT } from './paths.js';

/** What a job's process says. */
export type JobMessage =
  | { readonly said: 'STARTED' }
  | { readonly said: 'PROGRESS'; readonly text: string }
  | { readonly said: 'DONE'; readonly result: unknown }
  | { readonly said: 'FAILED'; readonly reason: string };

export interface JobOptions {
  readonly profile?: boolean;
  /** Told when measuring begins. */
  readonly onStarted?: () => void;
  readonly onProgress?: (text: string) => void;
  /** Ends the work before its time. */
  readonly stop?: AbortSignal;
}

/** Runs a job in a process of its own, which shares neither event loop nor memory with anything else. */
export async function runJob<N extends JobName>(
  name: N,
  params: JobParams<N>,
  options: JobOptions = {},
): Promise<JobResult<N>> {
  const profiling = options.profile === true ? { BENCH_PROFILE: profilePath(name) } : {};
  const child = fork(join(BENCH, 'jobs/worker.ts'), [], {
    cwd: ROOT,
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...profiling },
  });
  if (child.pid !== undefined) child.once('exit', keep(`process ${child.pid}`));
  let last: JobMessage | null = null;
  child.on('message', (message: JobMessage) => {
    if (message.said === 'STARTED') options.onStarted?.();
    else if (message.said === 'PROGRESS') options.onProgress?.(message.text);
    else last = message;
  });
  child.send({ name, params });
  options.stop?.addEventListener('abort', () => child.connected && child.send('STOP'));
  await once(child, 'exit');
  return resultOf(name, last) as JobResult<N>;
}

function resultOf(name: JobName, last: JobMessage | null): unknown {
  if (last?.said === 'DONE') return last.result;
  throw new Error(last?.said === 'FAILED' ? `${name}: ${last.reason}` : `the job ${name} ended without a result`);
}
