import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';

/** The sending side of a Read call, which waits for a reader that is slow. */
export interface Outlet {
  /** Sends a message, once the reader has taken those before; false if there is no reader any more. */
  write(message: ReadResp): Promise<boolean>;
  /** Waits until somebody wakes the outlet: the reader by taking messages or leaving, or `wake`. */
  sleep(): Promise<void>;
  wake(): void;
  readonly closed: () => boolean;
  /** Whether the reader has more in front of it than it takes. */
  readonly full: () => boolean;
}

/** Opens the sending side of a call. */
export function createOutlet(call: ServerWritableStream<ReadReq, ReadResp>): Outlet {
  let sleeper: (() => void) | undefined;
  let full = false;
  const wake = (): void => {
    sleeper?.();
    sleeper = undefined;
  };
  const sleep = (): Promise<void> => new Promise((resolve) => (sleeper = resolve));
  const closed = (): boolean => call.cancelled || call.destroyed;
  call.on('drain', () => {
    full = false;
    wake();
  });
  for (const event of ['cancelled', 'close']) call.on(event, wake);
  return {
    wake,
    sleep,
    closed,
    full: () => full,
    async write(message) {
      while (full && !closed()) await sleep();
      if (closed()) return false;
      full = !call.write(message);
      return true;
    },
  };
}
