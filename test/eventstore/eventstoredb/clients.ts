import type {
  AllStreamSubscription,
  EventStoreDBClient,
  JSONEventData,
  ResolvedEvent,
  StreamSubscription,
} from '@eventstore/db-client';

/** Options with which the client appends by the classic protocol. */
export const CLASSIC = { credentials: { username: 'admin', password: 'changeit' } };

/** The client, loaded when it is needed first. */
export const load = () => import('@eventstore/db-client');

/** Clients that a test opens and that are all disposed of after it. */
export function clients(): {
  readonly open: (url: string) => Promise<EventStoreDBClient>;
  readonly disposeAll: () => Promise<void>;
} {
  const opened: EventStoreDBClient[] = [];
  return {
    async open(url) {
      const { EventStoreDBClient } = await load();
      const client = EventStoreDBClient.connectionString(url);
      opened.push(client);
      return client;
    },
    async disposeAll() {
      await Promise.all(opened.splice(0).map((client) => client.dispose()));
    },
  };
}

/** An event that says nothing in particular. */
export function event(type = 'Happened', id: string = crypto.randomUUID()): JSONEventData {
  return { id, type, contentType: 'application/json', data: { some: 'thing' }, metadata: { by: 'somebody' } };
}

/** So many events. */
export const events = (count: number): JSONEventData[] => Array.from({ length: count }, () => event());

/** All that a read gives. */
export async function collect(read: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const found: ResolvedEvent[] = [];
  for await (const resolved of read) found.push(resolved);
  return found;
}

/** Follows a subscription and notes what comes. */
export function follow(subscription: AllStreamSubscription | StreamSubscription): {
  readonly streams: () => readonly (string | undefined)[];
  readonly caughtUp: () => number;
  /** How it ended: undefined if it has not, `'ok'` if nobody said why. */
  readonly end: () => unknown;
  readonly stop: () => Promise<void>;
} {
  const streams: (string | undefined)[] = [];
  let end: unknown;
  let caughtUp = 0;
  subscription.on('caughtUp', () => (caughtUp += 1));
  subscription.on('data', ({ event: received }) => streams.push(received?.streamId));
  subscription.on('error', (error) => (end = error));
  subscription.on('end', () => (end ??= 'ok'));
  return {
    streams: () => streams,
    caughtUp: () => caughtUp,
    end: () => end,
    stop: () => subscription.unsubscribe(),
  };
}

/** How a promise fails. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => Promise.reject(new Error(`it succeeded: ${String(value)}`)),
    (error: unknown) => error,
  );
}
