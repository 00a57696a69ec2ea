import type { ClusterNode } from '../cluster/node.js';
import { eventually } from '../eventually.js';
import { startProcess, type ServiceProcess } from '../process.js';

/** A node whose process can be laid hands on. */
export interface ChaosNode extends ClusterNode {
  /** The id of its process. */
  readonly pid: () => number;
  /** What it has written to standard error since it was started last. */
  readonly said: () => string;
  /** How it ended last. */
  readonly ended: () => Ending | null;
  /** What it answers when asked whether it is ready. */
  health(): Promise<{ readonly status: number; readonly text: string }>;
  /** Starts it where it is not to come up; what it said. Fails if it listens. */
  refusal(): Promise<string>;
  /** Starts it, and waits for no more than that it listens. */
  listen(): Promise<void>;
}

/** How a process ended, and how long that took. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

async function healthAt(url: string) {
  const response = await fetch(url.replace('/graphql', '/health/ready'));
  return { status: response.status, text: await response.text() };
}

async function expectReady(url: string): Promise<void> {
  const { status, text } = await healthAt(url);
  if (status !== 200) throw new Error(`a node is not ready: ${text}`);
}

/** A node with an environment of its own; not started yet. */
export function createChaosNode(name: string, environment: Readonly<Record<string, string>>): ChaosNode {
  let running: ServiceProcess | null = null;
  let [url, up] = ['', false];
  let fault: string | null = null;
  let ending: Ending | null = null;
  let said = (): string => '';

  function launch(): ServiceProcess {
    const starting = startProcess(environment);
    [running, said] = [starting, starting.err];
    void starting.exit.then(({ code, signal }) => {
      if (running !== starting) return;
      [running, up] = [null, false];
      fault ??= `${name} ended by itself (${String(code ?? signal)}): ${starting.err()}`;
    });
    return starting;
  }

  async function end(by: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const process = running;
    [running, up] = [null, false];
    if (process === null) return;
    const began = performance.now();
    process.child.kill(by);
    const { code, signal } = await process.exit;
    ending = { code, signal, milliseconds: Math.round(performance.now() - began) };
    if (by === 'SIGTERM' && code !== 0) fault ??= `${name} did not stop cleanly: ${process.err()}`;
  }

  async function listen(): Promise<void> {
    url = await launch().url;
  }

  return {
    name,
    listen,
    isUp: () => up,
    url: () => url,
    fault: () => fault,
    said: () => said(),
    ended: () => ending,
    pid: () => running?.child.pid ?? 0,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    health: () => healthAt(url),
    async start() {
      await listen();
      await eventually(() => expectReady(url));
      up = true;
    },
    async refusal() {
      const process = startProcess(environment);
      const { code } = await Promise.race([process.exit, process.url.then(() => ({ code: null }))]);
      process.child.kill('SIGKILL');
      await process.exit;
      if (code !== 1) throw new Error(`${name} was to refuse to start, and ended with ${String(code)}`);
      return process.err();
    },
  };
}
