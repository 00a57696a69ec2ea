import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { events, freshStream, idsOf } from '../../conformance/event-store/given.js';
import { createCertificate } from '../../support/eventstoredb/certificate.js';
import { startCluster } from '../../support/eventstoredb/cluster.js';
import { startDouble } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { listen, openNode } from './given.js';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function givenCluster() {
  const cluster = await startCluster(3);
  cleanups.push(() => cluster.close());
  return cluster;
}

function givenNode(...args: Parameters<typeof openNode>) {
  const node = openNode(...args);
  cleanups.push(() => node.close());
  return node;
}

describe.each(['by several hosts', 'by one name'])('A cluster that is found %s', (how) => {
  async function connected() {
    const cluster = await givenCluster();
    const node = givenNode(how === 'by one name' ? cluster.discoverUrl(1) : cluster.url);
    return { cluster, node };
  }

  it('is written to and read from at its leader', async () => {
    const { cluster, node } = await connected();
    const stream = freshStream();
    await node.store.append(stream, 0, events(2));
    expect(await node.store.readStream(stream)).toHaveLength(2);
    expect(cluster.leader().counters.appends.append).toBe(1);
    expect(cluster.members.map(({ counters }) => counters.calls.read)).toEqual([1, 0, 0]);
  });

  it('is followed over changes of its leader: nothing is lost, nothing comes twice', async () => {
    const { cluster, node } = await connected();
    const listener = listen(node.store);
    cleanups.push(() => listener.stop());
    const appended: string[] = [];
    for (const leader of [1, 2, 0]) {
      const some = events(3);
      await eventually(() => node.store.append(freshStream(), 0, some));
      appended.push(...idsOf(some));
      cluster.elect(leader);
    }
    await eventually(async () => expect(listener.events.length).toBeGreaterThanOrEqual(appended.length));
    expect(idsOf(listener.events)).toEqual(appended);
  });

  it('that is away as a whole, and whose discovery fails, ends no process', async () => {
    const { cluster, node } = await connected();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    cleanups.push(() => process.off('unhandledRejection', note));
    const listener = listen(node.store);
    cleanups.push(() => listener.stop());
    await node.store.append(freshStream(), 0, events(1));
    await eventually(async () => expect(listener.events).toHaveLength(1));
    for (const { faults } of cluster.members) faults.unavailable = true;
    const asking = node.store.head().catch((error: unknown) => error);
    await eventually(async () =>
      expect(cluster.members.some(({ counters }) => counters.faults.unavailable > 1)).toBe(true),
    );
    cluster.leader().dropConnections();
    expect(await asking).toMatchObject({ code: 'UNAVAILABLE' });
    await eventually(async () => expect(node.drops).not.toEqual([]));
    await expect(node.store.head()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (const member of cluster.members) member.resetFaults();
    await eventually(() => node.store.append(freshStream(), 0, events(1)));
    await eventually(async () => expect(listener.events).toHaveLength(2));
    expect(unhandled).toEqual([]);
  });

  it('goes on with those that are left when the leader is gone', async () => {
    const { cluster, node } = await connected();
    const stream = freshStream();
    await node.store.append(stream, 0, events(1));
    const gone = cluster.leader();
    cluster.elect(2);
    await gone.stop();
    await eventually(async () => {
      const { length } = await node.store.readStream(stream);
      await node.store.append(stream, length, events(1));
    });
    expect(cluster.leader().counters.appends.append).toBeGreaterThanOrEqual(1);
  });
});

describe('An EventStoreDB with TLS', () => {
  const credentials = { username: 'virtual-mfa', password: 'p:@/s?s#w%rd' };

  async function givenSecure() {
    const tls = createCertificate();
    const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-tls-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, tls.certificate);
    const double = await startDouble({ tls, credentials });
    cleanups.push(() => double.close());
    // TLS asks for names, not addresses (RFC 6066, section 3).
    return { double, caFile, url: double.url.replace('127.0.0.1', 'localhost') };
  }

  it('is spoken to by its authority file, user and password, sent with every call', async () => {
    const { double, caFile, url } = await givenSecure();
    const node = givenNode(url, { credentials, caFile });
    const stream = freshStream();
    const listener = listen(node.store);
    await node.store.append(stream, 0, events(2));
    expect(await node.store.readStream(stream)).toHaveLength(2);
    await eventually(async () => expect(listener.events).toHaveLength(2));
    await listener.stop();
    expect(double.counters.appends).toEqual({ append: 1, batchAppend: 0 });
    expect(new Set(double.counters.authorizations.map(({ kind }) => kind))).toEqual(
      new Set(['append', 'read', 'subscribe']),
    );
  });

  it('takes user and password from the connection string, percent-encoded', async () => {
    const { caFile, url } = await givenSecure();
    const user = `${credentials.username}:${encodeURIComponent(credentials.password)}`;
    const node = givenNode(url.replace('esdb://', `esdb://${user}@`), { caFile });
    expect(await node.store.append(freshStream(), 0, events(1))).toMatchObject({ version: 1 });
  });

  it('that refuses the user is UNAVAILABLE, and no word of it tells the password', async () => {
    const { caFile, url } = await givenSecure();
    const node = givenNode(url, { credentials: { ...credentials, password: 'not-the-password' }, caFile });
    const error = await node.store.append(freshStream(), 0, events(1)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('EVENT_STORE_PASSWORD') });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('not-the-password');
  });

  it('whose authority is not known is UNAVAILABLE', async () => {
    const { url } = await givenSecure();
    const node = givenNode(url, { credentials });
    await expect(node.store.head()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('whose authority file is not there is refused at once, by the names of the settings', () => {
    const open = () => openNode('esdb://localhost', { credentials, caFile: '/nowhere/ca.pem' });
    expect(open).toThrow('EVENT_STORE_CA_FILE');
  });
});
