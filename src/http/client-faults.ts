import type { Logger } from 'pino';

/**
 * What a client did: it broke its connection, or sent bytes that are not HTTP or not WebSocket. Two kinds are for the operator:
 * `CANNOT_ACCEPT`, where the service has no means left to accept a connection, and `TOO_MANY_CONNECTIONS` of one address.
 */
export type ClientFaultKind =
  'CONNECTION_LOST' | 'INVALID_HTTP' | 'INVALID_FRAME' | 'CANNOT_ACCEPT' | 'TOO_MANY_CONNECTIONS';

/** A log line about connections. */
export interface ClientFaultLine {
  readonly fault: ClientFaultKind;
  /** The code of the error, such as `ECONNRESET`. */
  readonly code: string;
  /** How often this happened since the last line about it. */
  readonly times: number;
}

/** Counts the faults of clients, and logs them sampled: a client must not be able to fill the log. */
export interface ClientFaults {
  note(kind: ClientFaultKind, error: Error): void;
  /** Logs what was counted and not logged yet. */
  stop(): void;
}

export interface ClientFaultsOptions {
  readonly log: (line: ClientFaultLine) => void;
  /** Milliseconds for which faults of one kind and code are counted after a line about them. */
  readonly sampleFor?: number;
}

interface Window {
  readonly timer: NodeJS.Timeout;
  readonly logCount: () => void;
  more: number;
}

const MINUTE = 60_000;
/** Node, its HTTP parser and ws have fewer codes. */
const MOST_CODES = 100;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

function codeOf(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && CODE.test(code) ? code : 'UNKNOWN';
}

/** Logs the first fault of each kind and code at once; after a minute one line says how many more came. */
export function createClientFaults({ log, sampleFor = MINUTE }: ClientFaultsOptions): ClientFaults {
  const windows = new Map<string, Window>();

  function open(key: string, fault: ClientFaultKind, code: string): void {
    log({ fault, code, times: 1 });
    const logCount = (): void => {
      windows.delete(key);
      if (window.more > 0) log({ fault, code, times: window.more });
    };
    const window: Window = { timer: setTimeout(logCount, sampleFor).unref(), logCount, more: 0 };
    windows.set(key, window);
  }

  return {
    note(kind, error) {
      const code = windows.size < MOST_CODES ? codeOf(error) : 'OTHER';
      const key = `${kind}:${code}`;
      const window = windows.get(key);
      if (window === undefined) open(key, kind, code);
      else window.more += 1;
    },
    stop() {
      for (const { timer, logCount } of windows.values()) {
        clearTimeout(timer);
        logCount();
      }
    },
  };
}

const OUT_OF_FILES = new Set(['EMFILE', 'ENFILE']);

const REFUSED =
  'refused a connection: its address has as many open as CONNECTIONS_PER_ADDRESS allows. If this is your proxy, name it in TRUSTED_PROXIES.';

/** Logs at `info` what clients did, and at `warn` what is for the operator to mend. */
export function clientFaultLog(logger: Pick<Logger, 'info' | 'warn'>): ClientFaultsOptions['log'] {
  return (line) => {
    if (line.fault === 'TOO_MANY_CONNECTIONS') logger.warn(line, REFUSED);
    else if (line.fault === 'CANNOT_ACCEPT') {
      const remedy = OUT_OF_FILES.has(line.code) ? ' Raise the limit of open files.' : '';
      logger.warn(line, `the service cannot accept connections: ${line.code}.${remedy}`);
    } else logger.info(line, 'a client disconnected or sent invalid data');
  };
}
