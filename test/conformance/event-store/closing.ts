import { expect } from '@jest/globals';
import type { EventStore, EventStoreError } from '../../../src/eventstore/event-store.js';
import { expectRefusal, inTime } from '../sentence.js';
import { follow } from './follower.js';
import type { StoreSentence } from './given.js';
import { events, freshStream, streamOf } from './given.js';

async function firstBatch(store: EventStore): Promise<unknown> {
  for await (const batch of store.subscribe({ after: 0n, signal: AbortSignal.timeout(5_000) })) return batch;
  return 'an end';
}

export const CLOSING: readonly StoreSentence[] = [
  {
    sentence: 'A closed store refuses every call as CLOSED.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 1);
      await store.close();
      const closed = { code: 'CLOSED' };
      await expectRefusal(() => store.append(stream, 1, events(1)), closed);
      await expectRefusal(() => store.readStream(stream), closed);
      await expectRefusal(() => store.readAll({ after: 0n, limit: 1 }), closed);
      await expectRefusal(() => store.head(), closed);
      await expectRefusal(() => firstBatch(store), closed);
    },
  },
  {
    sentence: 'Closing ends the subscriptions, without an error.',
    async verify(given) {
      const after = await given.store.head();
      const { stream } = await streamOf(given.store, 1);
      const followers = [1, 2].map(() => follow(given, { after, streams: [stream] }));
      for (const follower of followers) await follower.untilCount(1);
      await given.store.close();
      for (const follower of followers) await follower.ended();
    },
  },
  {
    sentence: 'Closing twice is no error.',
    async verify({ store }) {
      await store.close();
      await store.close();
    },
  },
  {
    sentence: 'An append that is under way when the store is closed is settled: stored, or refused.',
    async verify({ store, deadline }) {
      const appending = store.append(freshStream(), 0, events(2));
      const outcome = appending.then(
        ({ version }) => version,
        (error: unknown) => (error as EventStoreError).code,
      );
      await store.close();
      expect([2, 'CLOSED', 'UNAVAILABLE']).toContain(await inTime(deadline, 'the append is settled', outcome));
    },
  },
];
