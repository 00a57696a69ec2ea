import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { KillOrder } from './killed-service.js';
import { programOf } from './programs.js';

/** Loading a service takes longer than serving with it, so some are always loading ahead. */
const AHEAD = 2;

/** A service that will kill itself. */
export interface DoomedService {
  readonly url: string;
  /** The signal that it ended by. */
  readonly ended: Promise<string | null>;
}

/** Processes in which services kill themselves. */
export interface Doom {
  serve(order: KillOrder): Promise<DoomedService>;
  /** Ends the processes that were not needed. */
  stop(): Promise<void>;
}

interface Loading {
  readonly child: ChildProcess;
  /** The signal that it ended by, once it has. */
  readonly ended: Promise<string | null>;
}

function load(): Loading {
  const program = programOf('killed-service');
  const [script, execArgv] = [program.at(-1) ?? '', program.slice(0, -1)];
  const child = fork(script, { execArgv, env: { PATH: process.env.PATH }, stdio: 'inherit' });
  return { child, ended: once(child, 'exit').then(([, signal]) => signal as string | null) };
}

/** Keeps processes ready for services that kill themselves. */
export function prepareDoom(): Doom {
  const ahead = Array.from({ length: AHEAD }, load);
  const taken: Loading[] = [];
  return {
    async serve(order) {
      const next = ahead.shift() ?? load();
      taken.push(next);
      ahead.push(load());
      const { child, ended } = next;
      const said = once(child, 'message').then(([url]) => url as string);
      // One that has ended cannot be sent anything, which the answer below tells better.
      child.send(order, () => undefined);
      const url = await Promise.race([said, ended.then(() => null)]);
      if (url === null) throw new Error('the service ended before it listened');
      return { url, ended };
    },
    async stop() {
      const all = [...ahead, ...taken];
      for (const { child } of all) child.kill('SIGKILL');
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}
