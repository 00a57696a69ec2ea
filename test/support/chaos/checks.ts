import type { Check } from './check.js';
import { clock } from './checks/clock.js';
import { files } from './checks/files.js';
import { killed } from './checks/killed.js';
import { nodes } from './checks/nodes.js';
import { leader, server } from './checks/server.js';
import { stopped } from './checks/stopped.js';

/** A check, in words. */
export interface Described {
  readonly title: string;
  readonly check: Check;
  /** How often its fault strikes in `npm test`. */
  readonly short: number;
  /** How often in `npm run test:chaos`. */
  readonly long: number;
}

/** Every check, by its name. */
export const checks = {
  killed: { title: '`kill -9` in the middle of load', check: killed, short: 3, long: 20 },
  files: { title: 'full disk, limits, read-only, locked, damaged and foreign files', check: files, short: 1, long: 5 },
  server: { title: 'EventStoreDB dropped, frozen, killed and restarted', check: server, short: 1, long: 5 },
  leader: {
    title: 'EventStoreDB led by another member, access denied, wrong credentials',
    check: leader,
    short: 1,
    long: 5,
  },
  nodes: { title: 'two and three nodes on one log, and races over them', check: nodes, short: 1, long: 5 },
  clock: { title: 'the clock jumps an hour back and forth', check: clock, short: 1, long: 5 },
  stopped: { title: 'SIGTERM under load', check: stopped, short: 1, long: 5 },
} as const satisfies Readonly<Record<string, Described>>;

export type CheckName = keyof typeof checks;

/** The names of all checks, in order. */
export const checkNames = Object.keys(checks) as CheckName[];
