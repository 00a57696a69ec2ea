import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Application } from '../../src/application/application.js';
import { noGrants } from '../../src/application/grants.js';
import type { RequestContext } from '../../src/application/request-context.js';
import { registerPrimaryAccount } from '../../src/application/register-primary-account.js';
import { createKnownStates } from '../../src/application/states.js';
import { createUnknownNames } from '../../src/application/unknown-names.js';
import { createEventLog, type EventLog } from '../../src/eventstore/event-log.js';
import type { LogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { digest } from '../../src/vault/key-ring.js';
import { generateKeyRing } from '../../src/vault/key-ring-file.js';
import { createPersonKeys } from '../../src/vault/person-keys.js';
import { fixedKeyRing } from '../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqlite-vault.js';
import { START } from '../support/service.js';

/** Opens once, for all who wait. */
function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), opened };
}

let database: LogDatabase;

beforeAll(() => {
  database = openLogDatabase({ path: ':memory:' });
});

afterAll(() => database.close());

function application(): Application {
  const keyRing = generateKeyRing(START);
  const now = () => START;
  const vault = openSqliteVault({ database, keys: fixedKeyRing(keyRing), now });
  return {
    ...{ vault, now, randomBytes, newId: randomUUID, issuer: 'Virtual MFA', unknownNames: createUnknownNames() },
    auditOriginOf: (accountId) => `localhost/audit/${accountId}`,
    states: createKnownStates(),
    limits: { take: async () => undefined },
    grants: noGrants,
    log: createEventLog(openSqliteEventStore({ database, now }), createPersonKeys(vault)),
    passwords: { hash: async () => 'hash', verify: async () => true, isCommon: async () => false },
    pace: () => async () => {},
    digest: (purpose, text) => digest(keyRing, purpose, text),
  };
}

const request: RequestContext = {
  ...{ requestId: 'request', from: { ip: null, userAgent: null }, knownBrowser: null, current: null },
  wrote: () => {},
};

it('two registrations of the same two names make one account, also where one stalls between its names', async () => {
  const names = { alias: 'acme', email: 'ada@example.com', password: 'correct horse battery' };
  const app = application();
  const firstHasAlias = gate();
  const secondHasBoth = gate();
  const firstIsOver = gate();

  let reserved = 0;
  const stalling: EventLog = {
    ...app.log,
    async append(stream, ...rest) {
      const appended = await app.log.append(stream, ...rest);
      if (stream.startsWith('name-')) reserved += 1;
      if (reserved === 1) firstHasAlias.open();
      return appended;
    },
    async readStream(stream, ...rest) {
      if (reserved === 1 && stream.startsWith('name-')) await secondHasBoth.opened;
      return app.log.readStream(stream, ...rest);
    },
  };
  const first = registerPrimaryAccount({ ...app, log: stalling }, request, names).finally(firstIsOver.open);
  await firstHasAlias.opened;
  const slowHasher = {
    ...app.passwords,
    async hash() {
      secondHasBoth.open();
      await firstIsOver.opened;
      return 'hash';
    },
  };
  const second = registerPrimaryAccount({ ...app, passwords: slowHasher }, request, names).finally(secondHasBoth.open);
  const results = await Promise.all([first, second]);
  expect(results.filter(({ ok }) => ok)).toHaveLength(1);
});
