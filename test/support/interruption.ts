import type { Application } from '../../src/application/application.js';
import type { Envelope } from '../../src/eventstore/event-log.js';

/** A call of a port, in the order in which the calls began. */
interface PortCall {
  readonly call: string;
  /** The stream that is read or appended to; empty for other calls. */
  readonly stream: string;
}

/** An append that was stored. */
interface StoredAppend extends PortCall {
  /** The place among all calls. */
  readonly index: number;
  readonly types: readonly string[];
  readonly envelope: Envelope;
}

/** A command whose calls of ports are counted, and which is interrupted before one of them. */
export interface Interrupted {
  readonly app: Application;
  readonly calls: readonly PortCall[];
  readonly appends: readonly StoredAppend[];
}

type Method = (...args: readonly unknown[]) => unknown;

const PORTS = ['log', 'vault', 'passwords', 'limits', 'grants'] as const;

/**
 * Ports whose calls are counted. Before the call with number `at`, from 0, `interrupt` runs to its end; no other call goes on
 * meanwhile, so that everything that is read later was read after it.
 */
export function interruptAt(app: Application, at: number | null, interrupt: () => Promise<void>): Interrupted {
  const calls: PortCall[] = [];
  const appends: StoredAppend[] = [];
  let gate = Promise.resolve();

  async function call(port: string, name: string, method: Method, args: readonly unknown[]): Promise<unknown> {
    const index = calls.length;
    const [stream] = args;
    calls.push({ call: `${port} ${name}`, stream: port === 'log' && typeof stream === 'string' ? stream : '' });
    if (index === at) gate = interrupt();
    await gate;
    const result = await method(...args);
    if (port === 'log' && name === 'append') {
      const events = args[2] as readonly { readonly type: string }[];
      const made = { types: events.map(({ type }) => type), envelope: args[3] as Envelope };
      appends.push({ ...{ call: 'log append', stream: String(stream), index }, ...made });
    }
    return result;
  }

  const watched = PORTS.map((port) => {
    const proxy = new Proxy(app[port], {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: readonly unknown[]) => call(port, String(name), method.bind(target) as Method, args);
      },
    });
    return [port, proxy] as const;
  });
  return { app: { ...app, ...(Object.fromEntries(watched) as Partial<Application>) }, calls, appends };
}

function lastReadBefore({ calls }: Interrupted, stream: string, before: number): number {
  return calls.slice(0, before).findLastIndex((call) => call.call === 'log readStream' && call.stream === stream);
}

/** The last call before another that is no reading of the log: a hash, the vault, a limit, another append. */
function lastSlowWorkBefore({ calls }: Interrupted, before: number): number {
  return calls.slice(0, before).findLastIndex(({ call }) => call !== 'log readStream');
}

/**
 * The appends that should have known of a change: it was made before the last slow work, or before the last reading of the stream
 * that it changed or of the stream that was appended to, which every command reads.
 */
export function appendsInSpiteOf(run: Interrupted, at: number, changedStream: string): readonly StoredAppend[] {
  return run.appends.filter(({ index, stream }) => {
    const lastReading = Math.max(lastReadBefore(run, changedStream, index), lastReadBefore(run, stream, index));
    return at <= Math.max(lastReading, lastSlowWorkBefore(run, index));
  });
}
