import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { MAX_APPEND_BYTES } from '../../../src/eventstore/arguments.js';
import type { EventMetadata } from '../../../src/domain/event.js';
import type { EventStore, EventToAppend } from '../../../src/eventstore/event-store.js';
import { expectRefusal } from '../sentence.js';
import type { StoreSentence } from './given.js';
import { event, events, freshStream, streamOf } from './given.js';

const NO_COUNTS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

const NO_NAMES = ['', '$all', '$session-1', 'session-\u0000', 'session-\n', 'session-\ud800'];

const NO_STREAMS = [...NO_NAMES, ' session-1', 'session-\u00e9', 'vault-seed-1'];

const NO_IDS = [...NO_NAMES, 'event-1', randomUUID().toUpperCase(), `${randomUUID()}0`, ` ${randomUUID()}`];

function cycle(): object {
  const object: Record<string, unknown> = {};
  object.itself = object;
  return object;
}

/** Values that JSON has no word for, or that it would change without a word. */
const NO_JSON: readonly unknown[] = [
  undefined,
  10n,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  new Date(0),
  new Map([['key', 'value']]),
  Buffer.from('bytes'),
  Symbol('symbol'),
  () => 'function',
  new (class Instance {
    readonly field = 1;
  })(),
  Array(2),
  cycle(),
];

async function expectInvalid(store: EventStore, append: Partial<Append>): Promise<void> {
  const { stream, expected, appended }: Append = { stream: freshStream(), expected: 0, appended: events(1), ...append };
  await expectRefusal(() => store.append(stream, expected, appended), { code: 'INVALID' });
}

interface Append {
  readonly stream: string;
  readonly expected: number;
  readonly appended: readonly EventToAppend[];
}

export const REFUSING: readonly StoreSentence[] = [
  {
    sentence: 'An append without events is refused as INVALID.',
    verify: ({ store }) => expectInvalid(store, { appended: [] }),
  },
  {
    sentence: 'An append that names an event id twice is refused as INVALID.',
    async verify({ store }) {
      const twice = event();
      await expectInvalid(store, { appended: [twice, event(), { ...twice, data: { other: true } }] });
    },
  },
  {
    sentence: 'An append at a version that no stream can have is refused as INVALID.',
    async verify({ store }) {
      for (const expected of NO_COUNTS) await expectInvalid(store, { expected });
    },
  },
  {
    sentence: 'A stream with a name that a store would not keep, or takes for its own, is refused as INVALID.',
    async verify({ store }) {
      for (const stream of NO_STREAMS) {
        await expectInvalid(store, { stream });
        await expectRefusal(() => store.readStream(stream), { code: 'INVALID' });
      }
    },
  },
  {
    sentence: 'An event without an id that is a UUID, a type or a revision is refused as INVALID.',
    async verify({ store }) {
      for (const id of NO_IDS) await expectInvalid(store, { appended: [event({ id })] });
      for (const type of NO_NAMES) await expectInvalid(store, { appended: [event({ type })] });
      for (const revision of NO_COUNTS) await expectInvalid(store, { appended: [event({ revision })] });
    },
  },
  {
    sentence: 'Data, metadata and personal values that are not plain JSON are refused as INVALID.',
    async verify({ store }) {
      for (const value of NO_JSON) {
        await expectInvalid(store, { appended: [event({ data: { value } })] });
        await expectInvalid(store, { appended: [event({ data: { nested: [{ value }] } })] });
        const metadata = { ...event().metadata, value } as EventMetadata;
        await expectInvalid(store, { appended: [event({ metadata })] });
        const subject = { personId: 'person', sealed: '', commitment: '', value };
        await expectInvalid(store, { appended: [event({ personal: { subject } })] });
      }
    },
  },
  {
    sentence: 'Data that is not an object is refused as INVALID.',
    async verify({ store }) {
      for (const value of [null, [], [1], 'text', 1, true]) {
        await expectInvalid(store, { appended: [event({ data: value as never })] });
      }
    },
  },
  {
    sentence: 'An append that weighs more than a store takes is refused as INVALID, however it is spread over events.',
    async verify({ store }) {
      const half = 'x'.repeat(MAX_APPEND_BYTES / 2);
      await expectInvalid(store, { appended: [event({ data: { half, other: half } })] });
      await expectInvalid(store, { appended: [event({ data: { half } }), event({ data: { half } })] });
      // Bytes count, not letters.
      await expectInvalid(store, { appended: [event({ data: { text: '\u00e9'.repeat(MAX_APPEND_BYTES / 2) } })] });
      const stream = freshStream();
      await store.append(stream, 0, [event({ data: { half } })]);
      expect(await store.readStream(stream)).toHaveLength(1);
    },
  },
  {
    sentence: 'An append that is refused as INVALID writes nothing.',
    async verify({ store }) {
      const { stream, appended } = await streamOf(store, 1);
      const before = await store.readStream(stream);
      await expectInvalid(store, { stream, expected: 1, appended: [event(), event({ data: { value: undefined } })] });
      await expectInvalid(store, { stream, expected: 1, appended: [event(), event({ revision: -1 })] });
      expect(await store.readStream(stream)).toEqual(before);
      expect(before).toHaveLength(appended.length);
    },
  },
  {
    sentence: 'A limit below one, or one that is no whole number, is refused as INVALID.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 1);
      for (const limit of [0, ...NO_COUNTS]) {
        await expectRefusal(() => store.readStream(stream, { limit }), { code: 'INVALID' });
        await expectRefusal(() => store.readAll({ after: 0n, limit }), { code: 'INVALID' });
      }
    },
  },
  {
    sentence: 'Reading after a version or a position that cannot be is refused as INVALID.',
    async verify({ store }) {
      const { stream } = await streamOf(store, 1);
      for (const after of NO_COUNTS)
        await expectRefusal(() => store.readStream(stream, { after }), { code: 'INVALID' });
      await expectRefusal(() => store.readAll({ after: -1n, limit: 1 }), { code: 'INVALID' });
      await expectRefusal(
        async () => {
          for await (const batch of store.subscribe({ after: -1n, signal: AbortSignal.timeout(5_000) })) return batch;
          return 'an end';
        },
        { code: 'INVALID' },
      );
    },
  },
];
