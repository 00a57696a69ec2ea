import 'reflect-metadata';
import { startProfile } from '../support/profiler.mjs';
import type { JobMessage } from '../support/jobs.js';
import { jobs, type JobName } from './catalogue.js';
import type { Job } from './job.js';

function say(message: JobMessage): void {
  process.send?.(message);
}

const stopping = new AbortController();

async function work({ name, params }: { readonly name: JobName; readonly params: unknown }): Promise<void> {
  try {
    // The parameters are those of that job: `runJob` saw to it.
    const job = (await jobs[name]()) as Job<unknown, unknown>;
    const result = await job(params, {
      started() {
        if (process.env.BENCH_PROFILE !== undefined) startProfile();
        say({ said: 'STARTED' });
      },
      progress: (text) => say({ said: 'PROGRESS', text }),
      stopped: stopping.signal,
    });
    say({ said: 'DONE', result });
  } catch (error) {
    say({ said: 'FAILED', reason: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

process.once('disconnect', () => process.exit());
process.once('message', (message) => {
  process.once('message', () => stopping.abort());
  void work(message as Parameters<typeof work>[0]);
});
