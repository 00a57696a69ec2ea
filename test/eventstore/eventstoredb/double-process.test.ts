import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { fileJournal } from '../../support/eventstoredb/journal.js';
import { openLog } from '../../support/eventstoredb/log.js';
import { startDoubleProcess, type DoubleProcess } from '../../support/eventstoredb/process.js';
import { eventually } from '../../support/eventually.js';
import { CLASSIC, clients, collect, event, events, failure, follow } from './clients.js';

const { open, disposeAll } = clients();
const processes: DoubleProcess[] = [];
let folder: string;
let file: string;

async function start(port = 0): Promise<DoubleProcess> {
  const started = await startDoubleProcess({ file, port });
  processes.push(started);
  return started;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-double-'));
  file = join(folder, 'log.jsonl');
});

afterEach(async () => {
  await disposeAll();
  await Promise.all(processes.splice(0).map((each) => each.kill()));
  rmSync(folder, { recursive: true });
});

test('killed amid appends and started again, it has lost nothing that it acknowledged', async () => {
  const first = await start();
  const client = await open(first.url);
  const acknowledged: string[] = [];
  let failed = false;
  const writing = (async () => {
    for (let revision = 0n; !failed; revision += 1n) {
      const sent = event();
      const expectedRevision = revision === 0n ? 'no_stream' : revision - 1n;
      await client.appendToStream('s', sent, { expectedRevision, ...CLASSIC }).then(
        () => acknowledged.push(sent.id),
        () => (failed = true),
      );
    }
  })();
  await eventually(async () => expect(acknowledged.length).toBeGreaterThan(20));
  await first.kill();
  await writing;
  const second = await start(first.port);
  expect(second.url).toBe(first.url);
  const ids = (await collect((await open(second.url)).readStream('s'))).map((resolved) => resolved.event?.id);
  // One more may be there: written, and killed before it could be said.
  expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged);
  expect(ids.length - acknowledged.length).toBeLessThanOrEqual(1);
});

test('positions, metadata and tombstones are as they were', async () => {
  const first = await start();
  const client = await open(first.url);
  await client.appendToStream('s', events(3), CLASSIC);
  await client.setStreamMetadata('s', { truncateBefore: 1 }, CLASSIC);
  await client.tombstoneStream('t');
  const before = await collect(client.readAll());
  await first.kill();
  const again = await open((await start(first.port)).url);
  expect(await collect(again.readAll())).toEqual(before);
  expect(await collect(again.readStream('s'))).toHaveLength(2);
  expect(await failure(again.appendToStream('t', event(), CLASSIC))).toMatchObject({ type: 'stream-deleted' });
  await again.appendToStream('s', event(), { expectedRevision: 2n, ...CLASSIC });
  const [last] = await collect(again.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }));
  expect(last?.event?.position?.commit).toBeGreaterThan(before.at(-1)?.event?.position?.commit ?? 0n);
});

test('stopped, it answers nothing; continued, it goes on', async () => {
  const double = await start();
  const client = await open(double.url);
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  double.stop();
  const late = await failure(client.appendToStream('s', event(), { ...CLASSIC, deadline: 200 }));
  expect(late).toMatchObject({ type: 'deadline-exceeded' });
  double.cont();
  await client.appendToStream('t', event(), CLASSIC);
  await eventually(async () => expect(subscription.streams()).toContain('t'));
});

test('a last line that a crash tore is cut off, and what is written next is kept', () => {
  const written = { id: crypto.randomUUID(), type: 'T', contentType: 'application/json' };
  const proposed = { ...written, data: new Uint8Array([123, 125]), metadata: new Uint8Array() };
  const log = openLog(fileJournal(file));
  log.append('s', 'no_stream', [proposed]);
  log.close();
  const whole = readFileSync(file);
  appendFileSync(file, whole.subarray(0, whole.length - 9));
  const second = openLog(fileJournal(file));
  expect(second.all).toEqual(log.all);
  second.append('s', 0n, [proposed]);
  second.close();
  const third = openLog(fileJournal(file));
  expect(third.all).toEqual(second.all);
  third.close();
});
