import type { Logger } from 'pino';
import { describeUnhandled } from './describe-unhandled.js';
import type { EndProcess } from './ending.js';

export interface LastResortOptions {
  readonly logger: Pick<Logger, 'fatal' | 'warn'>;
  readonly end: EndProcess;
}

const LOST = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
/** What the operating system did when a connection was found to be lost. */
const SOCKET_CALLS = new Set(['read', 'write', 'shutdown']);
/** Node puts these on errors of files, pipes and of connections that the service opens itself. */
const NOT_OF_A_CLIENT = ['path', 'dest', 'address', 'port', 'hostname'];

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

/**
 * Handles errors that nothing else handles. A lost client is logged, and the process goes on. After anything else nobody knows
 * which state the process is in: it stops in order, with exit code 1, and within ten seconds in any case.
 */
export function installLastResort({ logger, end }: LastResortOptions): void {
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
    end(1);
  });
}
