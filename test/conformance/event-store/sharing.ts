import { expect } from '@jest/globals';
import { follow } from './follower.js';
import type { StoreSentence } from './given.js';
import { anotherNode, events, freshStream, idsOf, streamOf } from './given.js';

export const SHARING: readonly StoreSentence[] = [
  {
    sentence: 'What one node appended, another reads at once.',
    needsAnotherNode: true,
    async verify(given) {
      const other = await anotherNode(given);
      const { stream, appended } = await streamOf(given.store, 2);
      expect(idsOf(await other.readStream(stream))).toEqual(idsOf(appended));
      const { position } = await other.append(stream, 2, events(1));
      expect(await given.store.readStream(stream)).toHaveLength(3);
      expect((await given.store.head()) >= position).toBe(true);
    },
  },
  {
    sentence: 'Of appends of two nodes at one version, exactly one wins.',
    needsAnotherNode: true,
    async verify(given) {
      const other = await anotherNode(given);
      const { stream } = await streamOf(given.store, 1);
      for (let version = 1; version < 11; version += 1) {
        const attempts = [given.store, other].map((store) => store.append(stream, version, events(1)));
        const outcomes = await Promise.allSettled(attempts);
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      }
      expect(await given.store.readStream(stream)).toHaveLength(11);
    },
  },
  {
    sentence: 'The same append again is given the first answer by another node, and writes nothing.',
    needsAnotherNode: true,
    async verify(given) {
      const other = await anotherNode(given);
      const stream = freshStream();
      const again = events(2);
      const first = await given.store.append(stream, 0, again);
      expect(await other.append(stream, 0, again)).toEqual(first);
      expect(await given.store.readStream(stream)).toHaveLength(2);
    },
  },
  {
    sentence: 'A subscription is given what another node appends.',
    needsAnotherNode: true,
    async verify(given) {
      const other = await anotherNode(given);
      const after = await given.store.head();
      const { stream } = await streamOf(given.store, 1);
      const follower = follow(given, { after, streams: [stream] });
      await follower.untilCount(1);
      for (let version = 1; version < 5; version += 1) {
        await (version % 2 === 0 ? given.store : other).append(stream, version, events(1));
        await follower.untilCount(version + 1);
      }
      expect(follower.events.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
      await follower.stop();
    },
  },
  {
    sentence: 'What was acknowledged is there after the store was closed.',
    needsAnotherNode: true,
    async verify(given) {
      const { stream, appended } = await streamOf(given.store, 2);
      const under = freshStream();
      const appending = given.store.append(under, 0, events(1)).catch(() => null);
      await given.store.close();
      const acknowledged = await appending;
      const other = await anotherNode(given);
      expect(idsOf(await other.readStream(stream))).toEqual(idsOf(appended));
      expect(await other.readStream(under)).toHaveLength(acknowledged === null ? 0 : 1);
    },
  },
];
