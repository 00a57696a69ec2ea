import { expect } from '@jest/globals';
import type { StoreSentence } from './given.js';
import { events, freshStream, idsOf, readOn, streamOf } from './given.js';

export const READING: readonly StoreSentence[] = [
  {
    sentence: 'A stream that does not exist has no events.',
    async verify({ store }) {
      const stream = freshStream();
      expect(await store.readStream(stream)).toEqual([]);
      expect(await store.readStream(stream, { direction: 'backwards', after: 7, limit: 1 })).toEqual([]);
    },
  },
  {
    sentence: 'A stream is read oldest first, and backwards newest first.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 5);
      const ids = idsOf(appended);
      expect(idsOf(await store.readStream(stream))).toEqual(ids);
      expect(idsOf(await store.readStream(stream, { direction: 'forwards' }))).toEqual(ids);
      expect(idsOf(await store.readStream(stream, { direction: 'backwards' }))).toEqual([...ids].reverse());
    },
  },
  {
    sentence: 'A stream is read after a version, which is left out, in either direction.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 5);
      const versions = async (after: number, direction: 'forwards' | 'backwards'): Promise<readonly number[]> =>
        (await store.readStream(stream, { after, direction })).map(({ version }) => version);
      expect(await versions(0, 'forwards')).toEqual([1, 2, 3, 4, 5]);
      expect(await versions(2, 'forwards')).toEqual([3, 4, 5]);
      expect(await versions(5, 'forwards')).toEqual([]);
      expect(await versions(9, 'forwards')).toEqual([]);
      expect(await versions(9, 'backwards')).toEqual([5, 4, 3, 2, 1]);
      expect(await versions(3, 'backwards')).toEqual([2, 1]);
      expect(await versions(1, 'backwards')).toEqual([]);
      expect(await versions(0, 'backwards')).toEqual([]);
    },
  },
  {
    sentence: 'A limit cuts a stream off at the far end, in either direction.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 5);
      const versions = async (options: Parameters<typeof store.readStream>[1]): Promise<readonly number[]> =>
        (await store.readStream(stream, options)).map(({ version }) => version);
      expect(await versions({ limit: 2 })).toEqual([1, 2]);
      expect(await versions({ limit: 2, after: 2 })).toEqual([3, 4]);
      expect(await versions({ limit: 9 })).toEqual([1, 2, 3, 4, 5]);
      expect(await versions({ limit: 2, direction: 'backwards' })).toEqual([5, 4]);
      expect(await versions({ limit: 2, direction: 'backwards', after: 4 })).toEqual([3, 2]);
    },
  },
  {
    sentence: 'Streams of similar names are strangers to each other.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 1);
      const similar = [stream.toUpperCase(), `${stream}1`, stream.slice(0, -1), `${stream} `, `${stream}%`];
      for (const name of similar) await store.append(name, 0, events(2));
      expect(idsOf(await store.readStream(stream))).toEqual(idsOf(appended));
      for (const name of similar) expect(await store.readStream(name)).toHaveLength(2);
    },
  },
  {
    sentence: 'What was appended is read at once.',
    async verify({ store }) {
      const stream = freshStream();
      for (let version = 0; version < 10; version += 1) {
        await store.append(stream, version, events(1));
        expect(await store.readStream(stream)).toHaveLength(version + 1);
      }
    },
  },
  {
    sentence: 'A long stream is read wholly.',
    async verify({ store }) {
      const stream = freshStream();
      for (let part = 0; part < 3; part += 1) await store.append(stream, part * 700, events(700));
      const versions = (await store.readStream(stream)).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: 2_100 }, (_, index) => index + 1));
    },
  },
  {
    sentence: 'The global order holds every event of every stream once, in the order of appending.',
    async verify({ store }) {
      const after = await store.head();
      const [one, other] = [freshStream(), freshStream()];
      const ids: string[] = [];
      for (let round = 0; round < 4; round += 1) {
        for (const stream of [one, other]) {
          const appended = events(2);
          await store.append(stream, round * 2, appended);
          ids.push(...idsOf(appended));
        }
      }
      expect(idsOf(await readOn(store, after, [one, other]))).toEqual(ids);
    },
  },
  {
    sentence: 'Positions are bigints that grow strictly in the global order.',
    async verify({ store }) {
      const after = await store.head();
      const streams = Array.from({ length: 10 }, freshStream);
      await Promise.all(streams.map((stream) => store.append(stream, 0, events(3))));
      const positions = (await readOn(store, after, streams)).map(({ position }) => position);
      expect(positions).toHaveLength(30);
      for (const [index, position] of positions.entries()) {
        expect(typeof position).toBe('bigint');
        expect(position > (positions[index - 1] ?? after)).toBe(true);
      }
    },
  },
  {
    sentence: 'An event has one position, however it is read; an append answers that of its last event.',
    async verify({ store }) {
      const after = await store.head();
      const stream = freshStream();
      const { position } = await store.append(stream, 0, events(3));
      const inStream = (await store.readStream(stream)).map((stored) => stored.position);
      const inLog = (await readOn(store, after, [stream])).map((stored) => stored.position);
      expect(inLog).toEqual(inStream);
      expect(inStream.at(-1)).toBe(position);
    },
  },
  {
    sentence: 'The events of one append stand together in the global order.',
    async verify({ store }) {
      const after = await store.head();
      const streams = Array.from({ length: 10 }, freshStream);
      await Promise.all(streams.map((stream) => store.append(stream, 0, events(3))));
      const order = (await readOn(store, after, streams)).map(({ stream }) => stream);
      const runs = order.filter((stream, index) => stream !== order[index - 1]);
      expect(order).toHaveLength(30);
      expect(runs).toHaveLength(streams.length);
    },
  },
  {
    sentence:
      'A page of the log begins after the position given, which is left out, and has at most as many events as asked for.',
    async verify({ store }) {
      const after = await store.head();
      const { stream, appended } = await streamOf(store, 5);
      for (const limit of [1, 2, 3, 100]) {
        const first = await store.readAll({ after, limit });
        expect(first.events.length).toBeLessThanOrEqual(limit);
        expect(first.events.every(({ position }) => position > after)).toBe(true);
        expect(idsOf(await readOn(store, after, [stream], limit))).toEqual(idsOf(appended));
      }
    },
  },
  {
    sentence: 'A page says how far it reaches: to its last event at least, and never back.',
    async verify({ store }) {
      const after = await store.head();
      await streamOf(store, 3);
      const page = await store.readAll({ after, limit: 2 });
      expect(page.position >= (page.events.at(-1)?.position ?? 0n)).toBe(true);
      const head = await store.head();
      const beyond = await store.readAll({ after: head, limit: 2 });
      expect(beyond.position >= head).toBe(true);
    },
  },
  {
    sentence: 'The head is not behind what was appended.',
    async verify({ store }) {
      for (let round = 0; round < 3; round += 1) {
        const { position } = await store.append(freshStream(), 0, events(2));
        expect((await store.head()) >= position).toBe(true);
      }
    },
  },
  {
    sentence: 'Whoever reads on page by page reaches the head.',
    async verify({ store }) {
      let position = await store.head();
      await streamOf(store, 5);
      const head = await store.head();
      while (position < head) {
        const page = await store.readAll({ after: position, limit: 2 });
        expect(page.position > position).toBe(true);
        position = page.position;
      }
    },
  },
];
