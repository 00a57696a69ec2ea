import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { leafHash } from '../../src/audit/merkle/hashing.js';
import { verifyConsistency, verifyInclusion } from '../../src/audit/merkle/proofs.js';
import { openCheckpoint } from '../../src/audit/notes/checkpoint.js';
import { parseVerifierKey } from '../../src/audit/notes/keys.js';
import { createNoteSplitter } from '../../src/audit/notes/note-file.js';
import { LOG_KIND } from '../support/log-server.js';
import type { Answer, Client, Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ask, errorOf } from '../support/operations.js';
import { createSubUser, primary, signIn, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

const CHECKPOINT = '{ auditCheckpoint { origin size rootHash note keys } }';
const INCLUSION = `query ($eventId: ID!, $treeSize: Int) { auditInclusionProof(eventId: $eventId, treeSize: $treeSize) {
  leafIndex treeSize leafHash hashes rootHash record } }`;
const CONSISTENCY = `query ($fromSize: Int!, $toSize: Int) { auditConsistencyProof(fromSize: $fromSize, toSize: $toSize) {
  fromSize toSize fromRootHash toRootHash hashes } }`;

let service: TestService;
let account: Account;
let client: Client;

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const all = (hashes: readonly string[]): readonly Buffer[] => hashes.map(bytes);

async function checkpoint(who = client): Promise<Loose> {
  return (await ask(who, CHECKPOINT)).auditCheckpoint;
}

async function trail(): Promise<readonly Loose[]> {
  return (await ask(client, '{ auditEvents(first: 100) { nodes { id seq type } } }')).auditEvents.nodes;
}

function believed(note: string, keys: readonly string[]) {
  const opened = openCheckpoint(note, keys.map(parseVerifierKey));
  if (!opened.opened) throw new Error(opened.refusal);
  return opened.checkpoint;
}

function faultOf(answer: Answer): string {
  return `${errorOf(answer)} ${answer.body.errors[0].message}`;
}

/** The notes in the file of checkpoints. */
function kept(of = service): readonly string[] {
  return createNoteSplitter().push(readFileSync(join(of.folder, 'audit-checkpoints.txt'), 'utf8'));
}

async function publishedKeys(of = service): Promise<readonly string[]> {
  const answer = await fetch(of.url.replace('/graphql', '/audit/keys'));
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  return (await answer.text()).trim().split('\n');
}

beforeAll(async () => {
  service = await startService();
  ({ account, client } = await primary(service));
  await createSubUser(client, account);
});

afterAll(() => service.dispose());

describe('A checkpoint', () => {
  it('is signed for the trail as it is, by a key that everybody can have', async () => {
    const { origin, size, rootHash, note, keys } = await checkpoint();
    expect(keys).toEqual(await publishedKeys());
    expect(origin).toMatch(/^localhost\/audit\/[0-9a-f-]{36}$/);
    expect(believed(note, keys)).toMatchObject({ origin, size, root: bytes(rootHash) });
    expect(size).toBe((await trail()).length);
  });

  it('is put in the file of checkpoints for each account that has grown', async () => {
    const { client: other } = await primary(service);
    const [own, others] = [await checkpoint(), await checkpoint(other)];
    await eventually(async () => {
      const origins = kept().map((note) => believed(note, own.keys).origin);
      expect(origins).toEqual(expect.arrayContaining([own.origin, others.origin]));
    });
  });

  it('is of the own account alone', async () => {
    const { client: other } = await primary(service);
    const [own, others] = [await checkpoint(), await checkpoint(other)];
    expect(own.origin).not.toBe(others.origin);
    expect(own.rootHash).not.toBe(others.rootHash);
  });
});

describe('An inclusion proof', () => {
  it('shows of each event that its record stands in the trail, as a checkpoint has it', async () => {
    const signed = await checkpoint();
    for (const { id, seq, type } of await trail()) {
      const { auditInclusionProof: proof } = await ask(client, INCLUSION, { eventId: id, treeSize: signed.size });
      const record = JSON.parse(proof.record);
      expect(record).toMatchObject({ v: 1, seq, id, type });
      expect(proof).toMatchObject({ leafIndex: seq, treeSize: signed.size, rootHash: signed.rootHash });
      expect(leafHash(proof.record)).toEqual(bytes(proof.leafHash));
      const head = { size: signed.size, root: bytes(signed.rootHash) };
      expect(verifyInclusion(bytes(proof.leafHash), seq, head, all(proof.hashes))).toBe(true);
    }
  });

  it('is for the tree of now where no size is given', async () => {
    const [event] = await trail();
    const { size, rootHash } = await checkpoint();
    const { auditInclusionProof: proof } = await ask(client, INCLUSION, { eventId: event.id });
    expect(proof).toMatchObject({ treeSize: size, rootHash });
  });

  it('is not to be had of an event that is not there, or of another account', async () => {
    const { client: other } = await primary(service);
    const [event] = await trail();
    for (const [who, eventId] of [
      [client, 'no-such-event'],
      [client, ''],
      [other, event.id],
    ] as const)
      expect(errorOf(await who.send(INCLUSION, { eventId }))).toBe('NOT_FOUND');
  });

  it('is refused for sizes that no tree with the record has', async () => {
    const [event] = await trail();
    for (const treeSize of [-1, 0, event.seq, Number(event.seq) + 1_000])
      expect(faultOf(await client.send(INCLUSION, { eventId: event.id, treeSize }))).toMatch(
        /^BAD_USER_INPUT `treeSize` may be from \d+ to \d+ here: /,
      );
  });
});

describe('A consistency proof', () => {
  it('shows that the trail has only grown since any checkpoint', async () => {
    const old = await checkpoint();
    await createSubUser(client, account);
    const now = await checkpoint();
    expect(now.size).toBeGreaterThan(old.size);
    const head = { size: now.size, root: bytes(now.rootHash) };
    for (let fromSize = 0; fromSize <= now.size; fromSize += 1) {
      const { auditConsistencyProof: proof } = await ask(client, CONSISTENCY, { fromSize });
      expect(proof).toMatchObject({ fromSize, toSize: now.size, toRootHash: now.rootHash });
      const first = { size: fromSize, root: bytes(proof.fromRootHash) };
      expect(verifyConsistency(first, head, all(proof.hashes))).toBe(true);
      if (fromSize === old.size) expect(proof.fromRootHash).toBe(old.rootHash);
    }
  });

  it('is refused for sizes that the trail never had, or that shrink', async () => {
    const { size } = await checkpoint();
    for (const [fromSize, toSize, argument] of [
      [0, Number(size) + 1, 'toSize'],
      [-1, size, 'fromSize'],
      [3, 2, 'fromSize'],
      [0, -1, 'toSize'],
    ] as const)
      expect(faultOf(await client.send(CONSISTENCY, { fromSize, toSize }))).toContain(
        `BAD_USER_INPUT \`${argument}\` may be from 0 to `,
      );
  });
});

function removeReadModels(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith('read-models')) rmSync(join(folder, name));
}

it('a record stays proven when the read models are built anew', async () => {
  const [event] = await trail();
  const before = await checkpoint();
  const { auditInclusionProof: proof } = await ask(client, INCLUSION, { eventId: event.id });
  await service.stop();
  removeReadModels(service.folder);
  await service.restart();
  await service.ready();
  client = await signIn(service, account);
  const after = await ask(client, INCLUSION, { eventId: event.id, treeSize: before.size });
  expect(after.auditInclusionProof).toEqual(proof);
  expect((await checkpoint()).keys).toEqual(before.keys);
});

// What an EventStoreDB keeps, no file can take the place of.
const onFiles = LOG_KIND === 'sqlite' ? it : it.skip;

onFiles('nothing is signed over a log of which an older copy was put back, and the operator is told', async () => {
  const lost = await startService();
  const { account: victim, client: theirs } = await primary(lost);
  const { origin } = await checkpoint(theirs);
  const log = join(lost.folder, 'log.db');
  await lost.stop();
  copyFileSync(log, `${log}.old`);
  await lost.restart();
  const again = await signIn(lost, victim);
  for (const _ of [1, 2, 3]) await createSubUser(again, victim);
  const { note, size } = await checkpoint(again);
  lost.clock.advance(3_600_000);
  await eventually(async () => expect(kept(lost)).toContain(note));
  await lost.stop();
  copyFileSync(`${log}.old`, log);
  removeReadModels(lost.folder);
  await lost.restart();
  const late = await signIn(lost, victim);
  expect(errorOf(await late.send(CHECKPOINT))).toBe('UNAVAILABLE');
  await eventually(async () => {
    const said = lost.log.filter((line) => line.includes('is not what an earlier checkpoint says'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(origin.split('/').at(-1));
  });
  expect(believed(kept(lost).at(-1) ?? '', await publishedKeys(lost)).size).toBe(size);
  await lost.dispose();
});
