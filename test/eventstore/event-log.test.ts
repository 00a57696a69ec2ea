import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StreamName } from '../../src/domain/stream.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openLedger, type Ledger } from '../projections/given.js';
import { event } from '../support/builders.js';

let ledger: Ledger;

beforeEach(async () => {
  ledger = await openLedger(openLogDatabase({ path: ':memory:' }));
  await ledger.append(event('UserCreated'));
});

afterEach(() => ledger.close());

describe('The log', () => {
  it('opens for read models what is personal of the subject, and where the request came from', async () => {
    const { events } = await ledger.store.readAll({ after: 0n, limit: 1 });
    const [decoded] = await ledger.log.decode(events);
    expect(decoded?.personal).toEqual(event('UserCreated').personal);
    expect(decoded?.request).toEqual({ ip: '192.0.2.1', userAgent: 'test' });
  });

  it('opens for commands what is personal of the subject alone, also where one person is both', async () => {
    const { events } = await ledger.store.readAll({ after: 0n, limit: 1 });
    const [read] = await ledger.log.readStream((events[0]?.stream ?? '') as StreamName);
    expect(read?.personal).toEqual(event('UserCreated').personal);
    expect(read?.request).toBeNull();
  });
});
