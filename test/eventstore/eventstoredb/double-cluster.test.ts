import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { createCertificate } from '../../support/eventstoredb/certificate.js';
import { startCluster } from '../../support/eventstoredb/cluster.js';
import { startDouble } from '../../support/eventstoredb/double.js';
import { CLASSIC, clients, collect, event, failure } from './clients.js';

const { open, disposeAll } = clients();
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  await disposeAll();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const LEADING = { ...CLASSIC, requiresLeader: true };

async function cluster(size = 3) {
  const started = await startCluster(size);
  cleanups.push(() => started.close());
  return started;
}

const appends = (double: { readonly counters: { readonly appends: { readonly append: number } } }): number =>
  double.counters.appends.append;

test('a client that knows all members, or one that tells of the others, writes to the leader', async () => {
  const { url, discoverUrl, members, elect } = await cluster();
  elect(1);
  for (const each of [url, discoverUrl(2)]) {
    const client = await open(each);
    await client.appendToStream('s', event(), LEADING);
  }
  expect(members.map(appends)).toEqual([0, 2, 0]);
});

test('a follower names the leader, where the client goes with its next call', async () => {
  const { url, members, elect } = await cluster();
  const client = await open(url);
  await client.appendToStream('s', event(), LEADING);
  elect(2);
  const { host, port } = members[2] ?? {};
  const error = await failure(client.appendToStream('s', event(), LEADING));
  expect(error).toMatchObject({ type: 'not-leader', leader: { address: host, port } });
  await client.appendToStream('s', event(), LEADING);
  expect(members.map(appends)).toEqual([1, 0, 1]);
  expect(await collect(client.readStream('s'))).toHaveLength(2);
});

test('a follower writes what does not require the leader', async () => {
  const { members } = await cluster();
  const client = await open(members[1]?.url ?? '');
  await client.appendToStream('s', event(), CLASSIC);
});

test('when the leader stops, clients find the one that is elected', async () => {
  const { url, members, elect } = await cluster();
  const client = await open(url);
  await client.appendToStream('s', event(), LEADING);
  await members[0]?.stop();
  elect(1);
  await failure(client.appendToStream('s', event(), LEADING));
  await client.appendToStream('s', event(), LEADING);
  expect(members.map(appends)).toEqual([1, 1, 0]);
});

test('a single server can send everybody, or those who require the leader, to another', async () => {
  const double = await startDouble();
  const other = await startDouble();
  cleanups.push(
    () => double.close(),
    () => other.close(),
  );
  const client = await open(double.url);
  double.faults.leader = { host: other.host, port: other.port };
  double.faults.notLeader = 'if-required';
  await client.appendToStream('s', event(), CLASSIC);
  expect(await failure(client.appendToStream('s', event(), LEADING))).toMatchObject({ type: 'not-leader' });
  await client.appendToStream('s', event(), LEADING);
  expect([double, other].map(appends)).toEqual([1, 1]);
  double.faults.notLeader = 'always';
  const second = await open(double.url);
  expect(await failure(second.appendToStream('s', event(), CLASSIC))).toMatchObject({ type: 'not-leader' });
  expect(double.counters.faults.notLeader).toBe(2);
});

test('over TLS the user is checked, and the certificate', async () => {
  const tls = createCertificate();
  const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-double-'));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, tls.certificate);
  const double = await startDouble({ tls, credentials: { username: 'admin', password: 'changeit' } });
  cleanups.push(
    () => rmSync(folder, { recursive: true }),
    () => double.close(),
  );
  // The name that is sent along with TLS is not to be an address (RFC 6066).
  const named = double.url.replace(double.host, 'localhost');
  const url = `${named}&tlsCAFile=${encodeURIComponent(file)}`;

  const client = await open(url.replace('//', '//admin:changeit@'));
  await client.appendToStream('s', event(), CLASSIC);
  await client.appendToStream('s', event());
  expect(await collect(client.readStream('s'))).toHaveLength(2);
  const basic = `Basic ${Buffer.from('admin:changeit').toString('base64')}`;
  expect(double.counters.authorizations).toContainEqual({ kind: 'append', authorization: basic });

  const wrong = { credentials: { username: 'admin', password: 'wrong' } };
  expect(await failure(client.appendToStream('s', event(), wrong))).toMatchObject({ type: 'access-denied', code: 16 });
  const nobody = await open(url);
  expect(await failure(collect(nobody.readStream('s')))).toMatchObject({ type: 'access-denied', code: 7 });
  const distrustful = await open(named);
  expect(await failure(distrustful.appendToStream('s', event(), CLASSIC))).toMatchObject({ type: 'unavailable' });
});
