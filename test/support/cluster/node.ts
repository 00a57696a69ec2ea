import { eventually } from '../eventually.js';
import { startProcess, type ServiceProcess } from '../process.js';

/** A service process of a cluster, which goes down and comes up again. */
export interface ClusterNode {
  readonly name: string;
  /** Whether requests are to be sent there. */
  readonly isUp: () => boolean;
  /** Where GraphQL is; another address after each start. */
  readonly url: () => string;
  /** Starts it, and waits until it is ready. */
  start(): Promise<void>;
  /** Kills it as `kill -9` does, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Has it stop by itself. */
  stop(): Promise<void>;
  /** Why it ended without having been told to; null if it did not. */
  readonly fault: () => string | null;
}

async function expectReady(url: string): Promise<void> {
  const { status } = await fetch(url.replace('/graphql', '/health/ready'));
  if (status !== 200) throw new Error(`a node is not ready: ${status}`);
}

/** A node with an environment of its own; not started yet. */
export function createNode(name: string, environment: Readonly<Record<string, string>>): ClusterNode {
  let running: ServiceProcess | null = null;
  let url = '';
  let up = false;
  let fault: string | null = null;

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = running;
    [running, up] = [null, false];
    if (ending === null) return;
    ending.child.kill(signal);
    const { code } = await ending.exit;
    if (signal === 'SIGTERM' && code !== 0) fault ??= `${name} did not stop cleanly: ${ending.err()}`;
  }

  return {
    name,
    isUp: () => up,
    url: () => url,
    fault: () => fault,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      const starting = startProcess(environment);
      running = starting;
      void starting.exit.then(({ code, signal }) => {
        if (running !== starting) return;
        [running, up] = [null, false];
        fault ??= `${name} ended by itself (${String(code ?? signal)}): ${starting.err()}`;
      });
      url = await starting.url;
      await eventually(() => expectReady(url));
      up = true;
    },
  };
}
