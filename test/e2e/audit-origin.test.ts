import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { headerOf, KEY, KEYS, linesIn, silentTerminal, verifierIn } from '../cli/given.js';
import { verifyStore } from '../../src/cli/audit/verify-store.js';
import { readConfig } from '../../src/config.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LOG_KIND } from '../support/log-server.js';
import { ask } from '../support/operations.js';
import { primary, signIn, type Account } from '../support/people.js';
import { temporaryFolder } from '../support/process.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';

const scratch = temporaryFolder();
const opened: TestService[] = [];

async function serve(origin: string, folder?: string): Promise<TestService> {
  const service = await startService({ ...KEYS, AUDIT_ORIGIN: origin }, folder === undefined ? {} : { folder });
  opened.push(service);
  await service.ready();
  return service;
}

async function noteOf(client: Client): Promise<string> {
  return (await ask(client, '{ auditCheckpoint { note } }')).auditCheckpoint.note;
}

async function exported({ url }: TestService, { token }: Client): Promise<readonly string[]> {
  const authorization = `Bearer ${token ?? ''}`;
  return linesIn(await (await fetch(new URL('/audit/export', url), { headers: { authorization } })).text());
}

async function renames(service: TestService, { accountId }: Account) {
  const events = await storedEvents(service, `account-${accountId}`);
  return events.filter(({ type }) => type === 'AuditOriginChanged').map(({ data, metadata }) => ({ data, metadata }));
}

afterEach(async () => {
  for (const service of opened) await service.stop();
  for (const service of opened.splice(0)) await service.dispose();
});

afterAll(() => scratch.remove());

it('a new origin is recorded in the trail before anything is signed under it, and joins old and new checkpoints', async () => {
  const before = await serve('before.example/audit');
  const { client, account } = await primary(before, 'BEARER');
  const old = await noteOf(client);
  expect(await renames(before, account)).toEqual([]);
  await before.stop();

  // Two nodes with the new setting, asked at once: one of them records it.
  const nodes = [await serve('after.example/audit', before.folder), await serve('after.example/audit', before.folder)];
  const clients = await Promise.all(nodes.map((node) => signIn(node, account, 'BEARER')));
  const notes = await Promise.all(clients.map(noteOf));
  const [node, asked] = [nodes[0], clients[0]];
  if (node === undefined || asked === undefined) throw new Error('no node');
  expect(await renames(node, account)).toEqual([
    {
      data: {
        accountId: account.accountId,
        formerOrigin: `before.example/audit/${account.accountId}`,
        auditOrigin: `after.example/audit/${account.accountId}`,
      },
      metadata: expect.objectContaining({ actor: { kind: 'SYSTEM', id: 'checkpoints' } }),
    },
  ]);

  const lines = await exported(node, asked);
  expect(headerOf(lines).origin).toBe(`after.example/audit/${account.accountId}`);
  const { verify } = verifierIn(scratch.path);
  expect(await verify(lines, [old, ...notes])).toMatchObject({ code: 0, out: expect.stringMatching(/^SOUND/) });
  expect(await verify(lines, [old])).toMatchObject({ code: 0 });

  // A node that still has the old setting signs under it, and records nothing.
  const late = await serve('before.example/audit', before.folder);
  const lateClient = await signIn(late, account, 'BEARER');
  const lateNote = await noteOf(lateClient);
  expect(lateNote).toMatch(/^before\.example/);
  expect(await renames(late, account)).toHaveLength(1);
  expect(await verify(await exported(late, lateClient), [old, ...notes, lateNote])).toMatchObject({ code: 0 });
});

// `audit verify --store` is asked for the file of the log, which the double has not.
const onFile = LOG_KIND === 'sqlite' ? it : it.skip;

onFile('the log is verified by checkpoints of all its origins, which nodes put into one file', async () => {
  const before = await serve('before.example/audit');
  const { account } = await primary(before, 'BEARER');
  const file = join(before.folder, 'audit-checkpoints.txt');
  await eventually(async () => expect(readFileSync(file, 'utf8')).toContain('before.example/audit/'));
  await before.stop();
  const after = await serve('after.example/audit', before.folder);
  await signIn(after, account, 'BEARER');
  after.clock.advance(3_600_000);
  await eventually(async () => expect(readFileSync(file, 'utf8')).toContain('after.example/audit/'));
  const kept = join(scratch.path, 'kept.txt');
  writeFileSync(kept, readFileSync(file, 'utf8'));
  const terminal = silentTerminal();
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: before.folder });
  const options = { account: [], checkpoint: [kept], key: [KEY.verifier.text], openings: true, json: false };
  expect([await verifyStore(options, config, terminal), terminal.out()]).toEqual([0, expect.stringMatching(/^SOUND/)]);
  expect(await renames(after, account)).toHaveLength(1);
});
