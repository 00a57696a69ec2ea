import { parseConnection } from '../../../src/eventstore/eventstoredb/connection-string.js';
import { DbStreams } from '../../../src/eventstore/eventstoredb/streams.js';
import { fixedKeyRing } from '../../../src/vault/key-ring-source.js';
import { openEventStoreDbVault } from '../../../src/vault/eventstoredb/eventstoredb-vault.js';
import type { KeyRing } from '../../../src/vault/key-ring.js';
import type { Vault } from '../../../src/vault/vault.js';
import { FIRST, NOON } from './given.js';
import type { VaultFixture, WrapVault } from './sqlite.js';

/** The vault of an EventStoreDB, each handle with a connection of its own. */
export async function eventStoreDbVault(url: string, wrap: WrapVault = (vault) => vault): Promise<VaultFixture> {
  const connections: DbStreams[] = [];
  let time = NOON;
  const open = async (keyRing: KeyRing): Promise<Vault> => {
    const streams = new DbStreams(parseConnection({ url, credentials: null, caFile: null }));
    connections.push(streams);
    return wrap(openEventStoreDbVault({ streams, keys: fixedKeyRing(keyRing), now: () => time }), keyRing);
  };
  return {
    ...{ vault: await open(FIRST), open },
    setNow: (now) => (time = now),
    dispose: async () => {
      for (const streams of connections) await streams.close();
    },
  };
}
