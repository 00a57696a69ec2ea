import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { EventStore } from '../../src/eventstore/event-store.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { follow } from '../conformance/event-store/follower.js';
import { freshStream } from '../conformance/event-store/given.js';
import type { Workplace } from '../conformance/sqlite-node.js';
import { workplace } from '../conformance/sqlite-node.js';
import { programOf } from '../support/programs.js';

const deadline = 50_000;

let place: Workplace;

beforeEach(() => {
  place = workplace();
});

afterEach(() => place.dispose());

/** A process of its own that appends to a stream of the log. */
interface Appender {
  /** The versions that were acknowledged so far. */
  readonly acknowledged: readonly number[];
  untilAcknowledged(count: number): Promise<void>;
  kill(): void;
  /** The exit code; null where it was killed. */
  ended(): Promise<number | null>;
}

function appender(stream: string, count: number): Appender {
  const child = spawn(process.execPath, [...programOf('log-appender'), place.file, stream, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const acknowledged = (): readonly number[] => output.split('\n').slice(0, -1).map(Number);
  return {
    get acknowledged() {
      return acknowledged();
    },
    untilAcknowledged: async (wanted) => {
      while (acknowledged().length < wanted) await once(child.stdout, 'data');
    },
    kill: () => child.kill('SIGKILL'),
    ended: async () => (await closed)[0],
  };
}

function openStore(): EventStore {
  const database = place.open();
  return openSqliteEventStore({ database, now: () => '2026-01-01T00:00:00.000Z', pollMilliseconds: 10 });
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe('Several processes on one SQLite log', () => {
  it('all find a log though they make it at the same time, and lose nothing', async () => {
    const streams = [freshStream(), freshStream(), freshStream(), freshStream()];
    const appenders = streams.map((stream) => appender(stream, 50));
    for (const each of appenders) expect(await each.ended()).toBe(0);
    const store = openStore();
    for (const stream of streams) {
      expect((await store.readStream(stream)).map(({ version }) => version)).toEqual(upTo(50));
    }
    const { events } = await store.readAll({ after: 0n, limit: 1_000 });
    expect(events).toHaveLength(200);
  });

  it('are told live of what another one appends', async () => {
    const store = openStore();
    const stream = freshStream();
    const follower = follow({ store, deadline }, { after: await store.head(), streams: [stream] });
    const other = appender(stream, 50);
    await follower.untilCount(50);
    expect(follower.events.map(({ version }) => version)).toEqual(upTo(50));
    await follower.stop();
    expect(await other.ended()).toBe(0);
  });

  it('lose nothing that was acknowledged when one is killed in the middle', async () => {
    const stream = freshStream();
    const killed = appender(stream, 100_000);
    await killed.untilAcknowledged(100);
    killed.kill();
    expect(await killed.ended()).toBeNull();
    const { acknowledged } = killed;
    const stored = (await openStore().readStream(stream)).map(({ version }) => version);
    expect(acknowledged).toEqual(upTo(acknowledged.length));
    // The last append may have been stored and not yet acknowledged.
    expect([acknowledged.length, acknowledged.length + 1]).toContain(stored.length);
    expect(stored).toEqual(upTo(stored.length));
  });
});
