import type { Logger } from 'pino';

export interface LastResortOptions {
  readonly logger: Pick<Logger, 'fatal' | 'warn'>;
  /** Stops what runs, in order. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds that stopping in order may take after an error that nothing handles. */
const LONGEST_STOP = 8_000;
const MOST_FRAMES = 20;

const LOST = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
/** What the operating system did when a connection was found to be lost. */
const SOCKET_CALLS = new Set(['read', 'write', 'shutdown']);
/** Node puts these on errors of files, pipes and of connections that the service opens itself. */
const NOT_OF_A_CLIENT = ['path', 'dest', 'address', 'port', 'hostname'];

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value) ? value : undefined;

/**
 * Whether an error says that a client has broken off. Node does not say whose socket an error is of. So the rule is narrow: the
 * code of a lost connection, from reading or writing a socket, without an address or a path. An error that the service's own
 * outgoing connections meet while they connect has an address, and an error of a file has a path.
 */
export function isLostClient(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return false;
  const { code, syscall } = error;
  if (!LOST.has(String(code)) || !SOCKET_CALLS.has(String(syscall))) return false;
  return NOT_OF_A_CLIENT.every((name) => !(name in error));
}

/** Where an error was thrown. The message is left out, since it may quote what a client sent. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const start = message === '' ? 0 : stack.indexOf(message) + message.length;
  const lines = stack.slice(start).split('\n');
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}

/** What is logged about an unhandled error. */
export function describeUnhandled(error: unknown, origin: string): object {
  if (!(error instanceof Error)) return { origin, error: typeof error };
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  return {
    origin,
    error: textOf(error.name),
    code: textOf(code),
    syscall: textOf(syscall),
    frames: framesOf(error).slice(0, MOST_FRAMES),
  };
}

/**
 * Handles errors that nothing else handles. A lost client is logged, and the process goes on. After anything else nobody knows
 * which state the process is in: it stops in order, with exit code 1, and within ten seconds in any case.
 */
export function installLastResort({ logger, stop }: LastResortOptions): void {
  let ending = false;

  function end(): void {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), LONGEST_STOP);
    void stop()
      .catch((error: unknown) => logger.fatal(describeUnhandled(error, 'stop'), 'the service did not stop in order'))
      .finally(() => process.exit(1));
  }

  // Node reports a rejection that nothing handles here too, with its origin.
  process.on('uncaughtException', (error, origin) => {
    if (isLostClient(error)) {
      logger.warn(
        describeUnhandled(error, origin),
        'a client closed its connection and nothing handled the error; the process continues',
      );
      return;
    }
    logger.fatal(describeUnhandled(error, origin), 'unhandled error; the process stops');
    end();
  });
}
