import type { Job } from './job.js';

/** Every job, loaded when it is asked for: its process has nothing else in memory. */
export const jobs = {
  load: async () => (await import('./load.js')).load,
  hash: async () => (await import('./hash.js')).hashAlone,
  append: async () => (await import('./append.js')).appendThroughPort,
  'raw-append': async () => (await import('./raw-append.js')).appendRaw,
  rebuild: async () => (await import('./rebuild.js')).rebuild,
  'raw-rebuild': async () => (await import('./raw-rebuild.js')).rebuildRaw,
  'audit-pages': async () => (await import('./audit-pages.js')).readAuditPages,
  proofs: async () => (await import('./proofs.js')).readProofs,
  people: async () => (await import('../seed/people.js')).seedPeople,
  history: async () => (await import('../seed/history.js')).seedHistory,
  attacked: async () => (await import('../seed/attacked.js')).seedAttacked,
  attack: async () => (await import('./attack.js')).attack,
  'old-streams': async () => (await import('../seed/old-streams.js')).seedOldStreams,
};

export type JobName = keyof typeof jobs;
type JobOf<N extends JobName> = Awaited<ReturnType<(typeof jobs)[N]>>;
export type JobParams<N extends JobName> = JobOf<N> extends Job<infer P, infer _R> ? P : never;
export type JobResult<N extends JobName> = JobOf<N> extends Job<infer _P, infer R> ? R : never;
