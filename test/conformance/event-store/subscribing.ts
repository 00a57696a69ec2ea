import { expect } from '@jest/globals';
import { inTime } from '../sentence.js';
import type { Follower } from './follower.js';
import { follow } from './follower.js';
import type { StoreSentence } from './given.js';
import { events, freshStream, idsOf, streamOf } from './given.js';

export const SUBSCRIBING: readonly StoreSentence[] = [
  {
    sentence: 'A subscription begins with what stands after the position given, which is left out.',
    async verify(given) {
      const stream = freshStream();
      const { position } = await given.store.append(stream, 0, events(2));
      const later = events(3);
      await given.store.append(stream, 2, later);
      const follower = follow(given, { after: position, streams: [stream] });
      await follower.untilCount(3);
      expect(idsOf(follower.events)).toEqual(idsOf(later));
      await follower.stop();
    },
  },
  {
    sentence: 'A subscription gives events as reading does.',
    async verify(given) {
      const after = await given.store.head();
      const { stream } = await streamOf(given.store, 3);
      const follower = follow(given, { after, streams: [stream] });
      await follower.untilCount(3);
      expect(follower.events).toEqual(await given.store.readStream(stream));
      await follower.stop();
    },
  },
  {
    sentence: 'A subscription that has caught up goes on with what is appended then.',
    async verify(given) {
      const after = await given.store.head();
      const { stream, appended } = await streamOf(given.store, 1);
      const follower = follow(given, { after, streams: [stream] });
      await follower.untilCount(1);
      const ids = [...idsOf(appended)];
      for (let version = 1; version < 6; version += 1) {
        const live = events(1);
        await given.store.append(stream, version, live);
        ids.push(...idsOf(live));
        await follower.untilCount(version + 1);
      }
      expect(idsOf(follower.events)).toEqual(ids);
      await follower.stop();
    },
  },
  {
    sentence: 'A subscription to a log without anything new waits for the first event.',
    async verify(given) {
      const stream = freshStream();
      const follower = follow(given, { after: await given.store.head(), streams: [stream] });
      const { position } = await given.store.append(freshStream(), 0, events(1));
      await follower.until('the event of another stream came', () => follower.position >= position);
      await given.store.append(stream, 0, events(1));
      await follower.untilCount(1);
      await follower.stop();
    },
  },
  {
    sentence: 'Nothing is lost and nothing comes twice where appends go on while a subscription catches up.',
    async verify(given) {
      const after = await given.store.head();
      const stream = freshStream();
      await given.store.append(stream, 0, events(50));
      const append = async (): Promise<void> => {
        for (let version = 50; version < 100; version += 1) await given.store.append(stream, version, events(1));
      };
      const appending = append();
      const followers: Follower[] = [];
      for (let count = 0; count < 5; count += 1) {
        followers.push(follow(given, { after, streams: [stream] }));
        await given.store.readAll({ after, limit: 1 });
      }
      await appending;
      for (const follower of followers) {
        await follower.untilCount(100);
        expect(follower.events.map(({ version }) => version)).toEqual(
          Array.from({ length: 100 }, (_, index) => index + 1),
        );
        await follower.stop();
      }
    },
  },
  {
    sentence: 'A subscription catches up with more than it is given at once.',
    async verify(given) {
      const after = await given.store.head();
      const stream = freshStream();
      for (let part = 0; part < 3; part += 1) await given.store.append(stream, part * 600, events(600));
      const follower = follow(given, { after, streams: [stream] });
      await follower.untilCount(1_800);
      expect(follower.events.map(({ version }) => version)).toEqual(
        Array.from({ length: 1_800 }, (_, index) => index + 1),
      );
      await follower.stop();
    },
  },
  {
    sentence: 'Each of several subscriptions is given every event.',
    async verify(given) {
      const after = await given.store.head();
      const stream = freshStream();
      const followers = [1, 2, 3].map(() => follow(given, { after, streams: [stream] }));
      await given.store.append(stream, 0, events(3));
      await given.store.append(stream, 3, events(3));
      for (const follower of followers) {
        await follower.untilCount(6);
        expect(follower.events.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
      }
      for (const follower of followers) await follower.stop();
    },
  },
  {
    sentence: 'Whoever subscribes again after the position of a batch goes on where that ended.',
    async verify(given) {
      const after = await given.store.head();
      const stream = freshStream();
      const seen: string[] = [];
      let position = after;
      for (let round = 0; round < 4; round += 1) {
        await given.store.append(stream, round * 2, events(2));
        const follower = follow(given, { after: position, streams: [stream] });
        await follower.untilCount(2);
        await follower.stop();
        seen.push(...idsOf(follower.events));
        position = follower.position;
      }
      expect(seen).toEqual(idsOf(await given.store.readStream(stream)));
    },
  },
  {
    sentence: 'A subscription reaches the head.',
    async verify(given) {
      const follower = follow(given, { after: await given.store.head(), streams: [] });
      await streamOf(given.store, 3);
      const head = await given.store.head();
      await follower.until('the head was reached', () => follower.position >= head);
      await follower.stop();
    },
  },
  {
    sentence: 'A subscriber that works slowly loses nothing.',
    async verify(given) {
      const after = await given.store.head();
      const stream = freshStream();
      await given.store.append(stream, 0, events(1));
      let version = 1;
      const follower = follow(given, {
        after,
        streams: [stream],
        onBatch: async () => {
          for (const until = Math.min(version + 3, 20); version < until; version += 1) {
            await given.store.append(stream, version, events(1));
          }
        },
      });
      await follower.untilCount(20);
      expect(follower.events.map((stored) => stored.version)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
      await follower.stop();
    },
  },
  {
    sentence: 'A subscriber that stops in the middle leaves the store and the other subscribers alone.',
    async verify(given) {
      const after = await given.store.head();
      const { stream } = await streamOf(given.store, 1);
      const stays = follow(given, { after, streams: [stream] });
      const stopping = async (): Promise<void> => {
        for await (const batch of given.store.subscribe({ after, signal: new AbortController().signal })) {
          if (batch.events.length > 0) break;
        }
      };
      await inTime(given.deadline, 'the subscriber stops', stopping());
      await given.store.append(stream, 1, events(1));
      await stays.untilCount(2);
      await stays.stop();
    },
  },
  {
    sentence: 'An abort ends a subscription that waits, without an error.',
    async verify(given) {
      const { stream } = await streamOf(given.store, 1);
      const follower = follow(given, { after: await given.store.head(), streams: [stream] });
      await given.store.append(stream, 1, events(1));
      await follower.untilCount(1);
      await follower.stop();
    },
  },
  {
    sentence: 'After an abort nothing more is given, also where there is more.',
    async verify(given) {
      const after = await given.store.head();
      const { stream } = await streamOf(given.store, 1);
      const abort = new AbortController();
      let batches = 0;
      const consume = async (): Promise<void> => {
        for await (const batch of given.store.subscribe({ after, signal: abort.signal })) {
          if (batch.events.length === 0) continue;
          batches += 1;
          await given.store.append(stream, batches, events(1));
          abort.abort();
        }
      };
      await inTime(given.deadline, 'the subscription ends', consume());
      expect(batches).toBe(1);
    },
  },
  {
    sentence: 'A subscription under a signal that is already aborted gives nothing.',
    async verify(given) {
      const after = await given.store.head();
      await streamOf(given.store, 1);
      let batches = 0;
      const consume = async (): Promise<void> => {
        for await (const batch of given.store.subscribe({ after, signal: AbortSignal.abort() })) {
          batches += batch.events.length + 1;
          break;
        }
      };
      await inTime(given.deadline, 'the subscription ends', consume());
      expect(batches).toBe(0);
    },
  },
];
