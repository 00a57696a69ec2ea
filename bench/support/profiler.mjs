/**
 * Loaded into a process before its own code: takes a CPU profile from SIGUSR2, or a call, until the process ends, and leaves it
 * in the file that BENCH_PROFILE names. What happens while the process starts is not in it, unless BENCH_PROFILE_FROM is START.
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const session = new Session();
let profiling = false;

/** Begins, once. */
export function startProfile() {
  if (profiling) return;
  profiling = true;
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 500 });
  session.post('Profiler.start');
}

process.on('SIGUSR2', startProfile);
if (process.env.BENCH_PROFILE_FROM === 'START') startProfile();
process.on('exit', () => {
  const path = process.env.BENCH_PROFILE;
  if (!profiling || path === undefined) return;
  session.post('Profiler.stop', (error, { profile }) => {
    if (error === null) writeFileSync(path, JSON.stringify(profile));
  });
});
