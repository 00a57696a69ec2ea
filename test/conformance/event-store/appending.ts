import { expect } from '@jest/globals';
import type { EventToAppend } from '../../../src/eventstore/event-store.js';
import { ConcurrencyError } from '../../../src/eventstore/event-store.js';
import { expectRefusal } from '../sentence.js';
import type { StoreSentence } from './given.js';
import { event, events, freshStream, idsOf, streamOf } from './given.js';

const sealed = { personId: 'person-1', sealed: 'c2VhbGVk', commitment: 'Y29tbWl0bWVudA' };

const EVERY_KIND_OF_JSON = {
  text: [
    '',
    ' ',
    '  spaces around  ',
    'e\u0301 is not \u00e9',
    '\u{1f510}',
    '\u0000\u0007\n\u2028',
    '\ud800',
    '\u202e\u200b',
  ],
  numbers: [0, 1, -1, 0.1, 1e-7, 1e21, 9_007_199_254_740_991, -9_007_199_254_740_991],
  words: [true, false, null],
  nested: { list: [[], [[]], {}, { deep: { deeper: [1, { deepest: null }] } }] },
  'a key with "quotes", \u{1f511} and a dot.': { '': 'an empty key' },
};

/** What the log says of itself, and no caller may say for it. */
const FORGED = { stream: 'forged', version: 99, position: '99', recordedAt: 'forged', id: 'forged', type: 'Forged' };

export const APPENDING: readonly StoreSentence[] = [
  {
    sentence: 'An event is read back as it was appended, with its stream, version, position and time of writing.',
    async verify({ store }) {
      const stream = freshStream();
      const given = event({ type: 'DeviceFound', revision: 3, personal: { subject: sealed, request: sealed } });
      const { position } = await store.append(stream, 0, [given]);
      const [stored, ...rest] = await store.readStream(stream);
      expect(rest).toHaveLength(0);
      expect(stored).toEqual({ ...given, stream, version: 1, position, recordedAt: expect.any(String) });
      expect(new Date(stored?.recordedAt ?? '').toISOString()).toBe(stored?.recordedAt);
    },
  },
  {
    sentence: 'An event without personal values is read back without them.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 1);
      const [stored] = await store.readStream(stream);
      expect(stored).toBeDefined();
      expect(stored).not.toHaveProperty('personal');
    },
  },
  {
    sentence: 'Every JSON value comes back as it is, to the letter.',
    async verify({ store }) {
      const stream = freshStream();
      await store.append(stream, 0, [event({ data: EVERY_KIND_OF_JSON })]);
      const [stored] = await store.readStream(stream);
      expect(stored?.data).toEqual(EVERY_KIND_OF_JSON);
    },
  },
  {
    sentence:
      'No caller overwrites what the log says of itself, whatever the fields of its data and metadata are called.',
    async verify({ store }) {
      const stream = freshStream();
      const plain = event();
      const forging = { ...plain, data: FORGED, metadata: { ...plain.metadata, ...FORGED } };
      const { position } = await store.append(stream, 0, [forging]);
      const [stored] = await store.readStream(stream);
      expect(stored).toMatchObject({ ...forging, stream, version: 1, position });
      expect(stored?.recordedAt).not.toBe('forged');
    },
  },
  {
    sentence: 'The version is the count of the events in a stream, over several appends.',
    async verify({ store }) {
      const stream = freshStream();
      expect(await store.append(stream, 0, events(1))).toMatchObject({ version: 1 });
      expect(await store.append(stream, 1, events(3))).toMatchObject({ version: 4 });
      expect(await store.append(stream, 4, events(1))).toMatchObject({ version: 5 });
      expect((await store.readStream(stream)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    },
  },
  {
    sentence: 'The events of one append stand in the order given.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 7);
      expect(idsOf(await store.readStream(stream))).toEqual(idsOf(appended));
    },
  },
  {
    sentence:
      'An append at a version that the stream has passed is refused with the version it has, and writes nothing.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 3);
      const attempt = store.append(stream, 1, events(1));
      await expectRefusal(() => attempt, { code: 'CONCURRENCY', ...{ stream, expected: 1, actual: 3 } });
      expect(await attempt.catch((error: unknown) => error)).toBeInstanceOf(ConcurrencyError);
      expect(idsOf(await store.readStream(stream))).toEqual(idsOf(appended));
    },
  },
  {
    sentence:
      'An append at a version that the stream has not reached is refused with the version it has, and writes nothing.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 2);
      await expectRefusal(() => store.append(stream, 3, events(1)), {
        code: 'CONCURRENCY',
        ...{ stream, expected: 3, actual: 2 },
      });
      expect(idsOf(await store.readStream(stream))).toEqual(idsOf(appended));
    },
  },
  {
    sentence: 'A stream that does not exist is at version 0, and at no other.',
    async verify({ store }) {
      const stream = freshStream();
      await expectRefusal(() => store.append(stream, 1, events(1)), {
        code: 'CONCURRENCY',
        ...{ stream, expected: 1, actual: 0 },
      });
      expect(await store.readStream(stream)).toHaveLength(0);
      expect(await store.append(stream, 0, events(1))).toMatchObject({ version: 1 });
    },
  },
  {
    sentence: 'An append at version 0 is refused where the stream exists.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 1);
      await expectRefusal(() => store.append(stream, 0, events(1)), {
        code: 'CONCURRENCY',
        ...{ stream, expected: 0, actual: 1 },
      });
      expect(idsOf(await store.readStream(stream))).toEqual(idsOf(appended));
    },
  },
  {
    sentence: 'Of many appends at one version, exactly one wins.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 1);
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => store.append(stream, 1, events(2))));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'CONCURRENCY', actual: 3 });
      }
      expect(await store.readStream(stream)).toHaveLength(3);
    },
  },
  {
    sentence: 'Appends to different streams do not hinder each other.',
    async verify({ store }) {
      const streams = Array.from({ length: 20 }, freshStream);
      const answers = await Promise.all(streams.map((stream) => store.append(stream, 0, events(2))));
      expect(answers.map(({ version }) => version)).toEqual(streams.map(() => 2));
    },
  },
  {
    sentence: 'An append is stored wholly or not at all.',
    async verify({ store }) {
      const stream = freshStream();
      const [first, second] = [event(), event({ data: { at: undefined } })];
      await expectRefusal(() => store.append(stream, 0, [first, second]), { code: 'INVALID' });
      expect(await store.readStream(stream)).toHaveLength(0);
    },
  },
  {
    sentence: 'The same append again is given the first answer, and writes nothing.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 2);
      const again = events(2);
      const first = await store.append(stream, 2, again);
      expect(await store.append(stream, 2, again)).toEqual(first);
      expect(await store.readStream(stream)).toHaveLength(4);
    },
  },
  {
    sentence: 'The same append again is given the first answer also where the stream has grown since.',
    async verify({ store }) {
      const stream = freshStream();
      const again = events(2);
      const first = await store.append(stream, 0, again);
      await store.append(stream, 2, events(3));
      expect(await store.append(stream, 0, again)).toEqual(first);
      expect(await store.readStream(stream)).toHaveLength(5);
    },
  },
  {
    sentence: 'An append that repeats only some of the events at its version is refused.',
    async verify({ store }) {
      const stream = freshStream();
      const [a, b, c]: readonly EventToAppend[] = events(3);
      if (a === undefined || b === undefined || c === undefined) throw new Error('three events');
      await store.append(stream, 0, [a, b]);
      for (const attempt of [[a, c], [c, b], [b, a], [a, b, c], [b]]) {
        await expectRefusal(() => store.append(stream, 0, attempt), { code: 'CONCURRENCY' });
      }
      expect(idsOf(await store.readStream(stream))).toEqual([a.id, b.id]);
    },
  },
  {
    sentence: 'The same events at another version that the stream has passed are refused.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 2);
      await expectRefusal(() => store.append(stream, 1, appended), { code: 'CONCURRENCY' });
      expect(await store.readStream(stream)).toHaveLength(2);
    },
  },
  {
    sentence: 'An event is stored as it was when it was handed over.',
    async verify({ store }) {
      const stream = freshStream();
      const data = { state: 'as handed over' };
      const appending = store.append(stream, 0, [event({ data })]);
      data.state = 'changed since';
      await appending;
      expect((await store.readStream(stream)).map((stored) => stored.data)).toEqual([{ state: 'as handed over' }]);
    },
  },
];
