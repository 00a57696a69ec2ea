import { describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { openStorage } from '../../src/composition/storage.js';
import { readConfig } from '../../src/config.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { createPersonKeys } from '../../src/vault/person-keys.js';
import { fixedKeyRing } from '../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqlite-vault.js';
import type { Vault } from '../../src/vault/vault.js';
import { FIRST } from '../conformance/vault/given.js';
import { event } from '../support/builders.js';
import { NOW } from '../support/given.js';

describe('What a process remembers of streams', () => {
  it('is forgotten as a whole when it reads that somebody was erased', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-erasing-'));
    const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder });
    const { app, close } = await openStorage({ config, now: () => NOW, logger: pino({ enabled: false }) });
    try {
      const events = [event('UserDeleted'), event('UserErased')];
      const round = app.states.round();
      app.states.keep('user-sam', { state: 'sam', version: 1, position: 1n }, round);
      const metadata = { occurredAt: NOW, actor: { kind: 'SYSTEM', id: 'test' }, sessionId: null } as const;
      await app.log.append('user-sam', 0, events, {
        metadata: { ...metadata, requestId: 'request', correlationId: 'request', causationId: null },
        ...{ eventIds: [randomUUID(), randomUUID()], subjectPersonId: null, request: null },
      });
      expect([app.states.of('user-sam'), app.states.round()]).toEqual([undefined, round + 1]);
    } finally {
      await close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('A key that was being read when its person was erased', () => {
  it('is not kept', async () => {
    const database = openLogDatabase({ path: ':memory:' });
    const vault = openSqliteVault({ database, keys: fixedKeyRing(FIRST), now: () => NOW });
    const personId = 'person';
    await vault.put({ kind: 'person', id: personId }, randomBytes(32));
    let arrive: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (arrive = resolve));
    const getMany: Vault['getMany'] = async (kind, ids) => {
      const found = await vault.getMany(kind, ids);
      await held;
      return found;
    };
    const keys = createPersonKeys({ ...vault, getMany });
    const reading = keys.getMany([personId]);
    expect(keys.forget(personId)).toBe(true);
    arrive();
    expect([...(await reading).keys()]).toEqual([]);
    expect([...(await keys.getMany([personId])).keys()]).toEqual([]);
    expect(keys.forget(personId)).toBe(false);
    await database.close();
  });
});
