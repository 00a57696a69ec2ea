import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { KillOrder } from './killed-service.js';

const SCRIPT = fileURLToPath(new URL('./killed-service.ts', import.meta.url));
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

function load(): ChildProcess {
  const child = fork(SCRIPT, { execArgv: ['--import', 'tsx'], env: { PATH: process.env.PATH }, stdio: 'inherit' });
  child.on('error', () => undefined);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Keeps processes ready for services that kill themselves. */
export function prepareDoom(): Doom {
  const ahead = Array.from({ length: AHEAD }, load);
  const taken: ChildProcess[] = [];
  return {
    async serve(order) {
      const child = ahead.shift() ?? load();
      taken.push(child);
      ahead.push(load());
      const ended = once(child, 'exit').then(([, signal]) => signal as string | null);
      const said = once(child, 'message').then(([url]) => url as string);
      child.send(order);
      const url = await Promise.race([said, ended.then(() => null)]);
      if (url === null) throw new Error('the service ended before it listened');
      return { url, ended };
    },
    async stop() {
      await Promise.all([...ahead, ...taken].map(end));
    },
  };
}
