/**
 * The contracts of log and vault on a real EventStoreDB. Only run where `EVENTSTOREDB_URL` is set: `npm run test:eventstoredb`.
 * The server may hold events of others; every stream and position used here is of this run.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ClientHolder } from '../../src/eventstore/eventstoredb/client.js';
import { parseConnection } from '../../src/eventstore/eventstoredb/connection-string.js';
import { EVENT_STORE_CONTRACT } from './event-store.contract.js';
import { eventStoreDbStore } from './event-store/eventstoredb.js';
import { VAULT_CONTRACT } from './vault.contract.js';
import { eventStoreDbVault } from './vault/eventstoredb.js';

const url = process.env.EVENTSTOREDB_URL ?? '';
const deadline = 30_000;

/** What the server calls itself. */
async function serverVersion(): Promise<string> {
  const holder = new ClientHolder(parseConnection({ url, credentials: null, caFile: null }));
  try {
    const client = (await holder.client()) as unknown as {
      readonly capabilities: Promise<{ readonly serverVersion: string }>;
    };
    return `${holder.place} runs version ${(await client.capabilities).serverVersion}`;
  } catch (error) {
    return `${holder.place} does not say its version: ${error instanceof Error ? error.name : 'it failed'}`;
  } finally {
    await holder.close();
  }
}

beforeAll(async () => {
  process.stderr.write(`${await serverVersion()}\n`);
});

describe('The event store in a real EventStoreDB', () => {
  it.each(EVENT_STORE_CONTRACT)('$sentence', async ({ verify }) => {
    const given = await eventStoreDbStore(url, { deadline });
    await verify(given).finally(() => given.dispose());
  });
});

describe('The vault in a real EventStoreDB', () => {
  it.each(VAULT_CONTRACT)('$sentence', async ({ verify }) => {
    const given = await eventStoreDbVault(url);
    await verify(given).finally(() => given.dispose());
  });
});

describe('A real EventStoreDB', () => {
  it('gives every event of a log as readable as it was written, whoever else writes to it', async () => {
    const given = await eventStoreDbStore(url, { deadline });
    try {
      const head = await given.store.head();
      expect(head).toBeGreaterThan(0n);
      const { position } = await given.store.readAll({ after: 0n, limit: 500 });
      expect(position).toBeGreaterThan(0n);
    } finally {
      await given.dispose();
    }
  });
});
