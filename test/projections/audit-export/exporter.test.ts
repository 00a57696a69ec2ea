import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_OCSF_VERSION } from '../../../src/audit/export/ocsf/activities.js';
import type { ExportFormat } from '../../../src/domain/account/events.js';
import type { EventStore } from '../../../src/eventstore/event-store.js';
import { openLogDatabase } from '../../../src/eventstore/sqlite/log-database.js';
import {
  exportTrail,
  type ExporterOptions,
  type ExportRequest,
} from '../../../src/projections/audit-export/exporter.js';
import { createTrailReader } from '../../../src/projections/audit-tree/trail-reader.js';
import { openReadModelFile } from '../../../src/projections/read-model-file.js';
import { createReadModels, projections } from '../../../src/projections/read-models.js';
import { ACME, event } from '../../support/builders.js';
import { openFold, openLedger, type Ledger } from '../given.js';

const SIZE = 1_500;

let ledger: Ledger;
let options: ExporterOptions;
let eventsRead = 0;

/** The log, with a count of what is read of it. */
function counted(store: EventStore): EventStore {
  return {
    append: (...args) => store.append(...args),
    readStream: (...args) => store.readStream(...args),
    async readAll(given) {
      const batch = await store.readAll(given);
      eventsRead += batch.events.length;
      return batch;
    },
    subscribe: (...args) => store.subscribe(...args),
    head: () => store.head(),
    close: () => store.close(),
  };
}

function request(format: ExportFormat, more: Partial<ExportRequest> = {}): ExportRequest {
  const defaults = { accountId: ACME, from: 0, to: SIZE, span: {}, ocsfVersion: DEFAULT_OCSF_VERSION, checkpoints: [] };
  return { format, ...defaults, ...more };
}

beforeAll(async () => {
  ledger = await openLedger(openLogDatabase({ path: ':memory:' }));
  for (let count = 0; count < SIZE; count += 1) await ledger.append(event('MfaUnlocked'));
  const { connection } = openReadModelFile(':memory:');
  const { events, position } = await ledger.store.readAll({ after: 0n, limit: SIZE });
  const logged = await ledger.log.decode(events);
  for (const projection of projections) {
    const failure = openFold(connection, projection).apply(logged, position);
    if (failure !== null) throw failure;
  }
  const readModels = createReadModels(connection);
  const records = createTrailReader(counted(ledger.store), readModels.trees);
  options = { log: ledger.log, records, readModels, originOf: (accountId) => `log/${accountId}` };
});

afterAll(async () => {
  await ledger.close();
});

describe.each<ExportFormat>(['NATIVE', 'OCSF', 'CSV'])('An export as %s', (format) => {
  it('has each record once', async () => {
    let lines = 0;
    for await (const text of exportTrail(options, request(format))) lines += text.split('\n').length - 1;
    expect(lines).toBe(format === 'OCSF' ? SIZE : SIZE + 1);
  });

  it('reads no further than whoever takes it in, and not at all once nobody does', async () => {
    eventsRead = 0;
    const text = exportTrail(options, request(format));
    for (let taken = 0; taken < 3; taken += 1) await text.next();
    expect(eventsRead).toBeGreaterThan(0);
    expect(eventsRead).toBeLessThanOrEqual(SIZE / 2);
    const before = eventsRead;
    await text.return(undefined);
    expect(await text.next()).toMatchObject({ done: true });
    expect(eventsRead).toBe(before);
  });

  it('breaks off where records are missing, and does not end as if it were whole', async () => {
    const tooFar = exportTrail(options, request(format, { from: SIZE - 10, to: SIZE + 1 }));
    await expect(
      (async () => {
        for await (const text of tooFar) expect(text).not.toBe('');
      })(),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('An export as a table', () => {
  it('has no event of another time', async () => {
    const since = '2026-02-01T00:00:00.000Z';
    const texts: string[] = [];
    for await (const text of exportTrail(options, request('CSV', { span: { since } }))) texts.push(text);
    expect(texts).toHaveLength(1);
  });
});

describe('A part with nothing in it', () => {
  const nothing = request('CSV', { span: { since: '2999-01-01T00:00:00.000Z' } });
  let looks = 0;

  /** Counts how often the read models are looked at. */
  function looking(): ExporterOptions {
    looks = 0;
    const { audit, trees } = options.readModels;
    const following: typeof audit.following = (...args) => {
      looks += 1;
      return audit.following(...args);
    };
    return { ...options, readModels: { trees, audit: { ...audit, following } } };
  }

  it('lets others have their turn at each look', async () => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    for await (const text of exportTrail(looking(), nothing)) expect(text).toMatch(/^seq,/);
    isOver = true;
    expect(looks).toBeGreaterThan(5);
    expect(turns).toBeGreaterThanOrEqual(looks);
  });

  it('is looked through no further once nobody waits for it', async () => {
    for await (const text of exportTrail(looking(), nothing, () => false)) expect(text).toMatch(/^seq,/);
    expect(looks).toBe(1);
  });
});
