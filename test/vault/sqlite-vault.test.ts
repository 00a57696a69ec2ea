import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { openConnection } from '../../src/sqlite/connection.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import type { LogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import type { KeyRing } from '../../src/vault/key-ring.js';
import { fixedKeyRing } from '../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqlite-vault.js';
import type { SecretRef, Vault } from '../../src/vault/vault.js';
import { events, freshStream } from '../conformance/event-store/given.js';
import type { Workplace } from '../conformance/sqlite-node.js';
import { workplace } from '../conformance/sqlite-node.js';
import { FIRST, freshRef, RENEWED, ROTATED, secret } from '../conformance/vault/given.js';

let place: Workplace;
let database: LogDatabase;
let vault: Vault;

const now = (): string => '2026-01-01T00:00:00.000Z';

function vaultOn(on: LogDatabase, keyRing: KeyRing = FIRST): Vault {
  return openSqliteVault({ database: on, keys: fixedKeyRing(keyRing), now });
}

beforeEach(() => {
  place = workplace();
  database = place.open();
  vault = vaultOn(database);
});

afterEach(() => place.dispose());

/** All that is on the disk: the file and what stands beside it. */
function disk(): Buffer {
  const files = ['', '-wal', '-shm'].map((suffix) => place.file + suffix).filter((path) => existsSync(path));
  return Buffer.concat(files.map((path) => readFileSync(path)));
}

function sealedOf({ kind, id }: SecretRef): Buffer {
  const found = database.connection
    .prepareValues<[string, string], Buffer>('SELECT sealed FROM secrets WHERE kind = ? AND id = ?')
    .get(kind, id);
  return Buffer.from(found ?? '');
}

/** Whether any sixteen bytes that begin at a multiple of eight are there. */
function hasTraceOf(bytes: Buffer, found: Buffer): boolean {
  for (let at = 0; at + 16 <= bytes.length; at += 8) if (found.includes(bytes.subarray(at, at + 16))) return true;
  return false;
}

describe('A secret on the disk', () => {
  it('is never plain', async () => {
    const text = Buffer.from('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
    const ref = freshRef();
    await vault.put(ref, text);
    expect(await vault.get(ref)).toEqual(new Uint8Array(text));
    database.checkpoint();
    for (const form of ['utf8', 'hex', 'base64'] as const) expect(disk().includes(text.toString(form))).toBe(false);
    expect(disk().includes(sealedOf(ref))).toBe(true);
  });

  it('leaves no trace, sealed or plain, when it was destroyed', async () => {
    const ref = freshRef();
    const large = freshRef('password');
    await vault.put(ref, secret());
    await vault.put(large, secret(50_000));
    database.checkpoint();
    const traces = [sealedOf(ref), sealedOf(large)];
    for (const trace of traces) expect(hasTraceOf(trace, disk())).toBe(true);
    await vault.destroy(ref);
    await vault.destroy(large);
    expect(statSync(`${place.file}-wal`).size).toBe(0);
    for (const trace of traces) expect(hasTraceOf(trace, disk())).toBe(false);
  });

  it('leaves no trace among many that come, are sealed anew and go', async () => {
    const rings = [FIRST, ROTATED];
    const vaults = rings.map((ring) => vaultOn(database, ring));
    const living = new Map<string, Buffer[]>();
    const gone: Buffer[] = [];
    for (let round = 0; round < 600; round += 1) {
      const ref: SecretRef = { kind: 'seed', id: randomUUID() };
      await vaults[round % 2]?.put(ref, randomBytes(1 + ((round * 37) % 400)));
      living.set(ref.id, [sealedOf(ref)]);
      const [[id, seals] = []] = [...living].slice((round * 7) % living.size);
      if (id === undefined || seals === undefined) continue;
      if (round % 3 === 0) {
        if (await vaults[1]?.reseal({ kind: 'seed', id }, 'key-1')) seals.push(sealedOf({ kind: 'seed', id }));
      } else if (round % 3 === 1) {
        await vault.destroy({ kind: 'seed', id });
        living.delete(id);
        gone.push(...seals);
      }
    }
    database.checkpoint();
    const left = disk();
    expect(gone.length).toBeGreaterThan(200);
    for (const trace of gone) expect(hasTraceOf(trace, left)).toBe(false);
    for (const seals of living.values()) {
      expect(left.includes(seals.at(-1) ?? 'nothing')).toBe(true);
      for (const former of seals.slice(0, -1)) expect(hasTraceOf(former, left)).toBe(false);
    }
  });

  it('stays where another process reads the -wal file, until the next secret is destroyed', async () => {
    const [ref, next] = [freshRef(), freshRef()];
    await vault.put(ref, secret());
    await vault.put(next, secret());
    const trace = sealedOf(ref);
    const reader = openConnection(place.file);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM secrets').get();
    await vault.destroy(ref);
    expect(await vault.get(ref)).toBeNull();
    expect(hasTraceOf(trace, disk())).toBe(true);
    reader.exec('COMMIT');
    reader.close();
    await vault.destroy(next);
    expect(hasTraceOf(trace, disk())).toBe(false);
  });

  it('takes up the same space whatever the key, so that nothing moves', async () => {
    const ref = freshRef();
    await vault.put(ref, secret());
    const rotated = vaultOn(database, ROTATED);
    const size = (): unknown =>
      database.connection.prepareLists('SELECT length(key_id), length(sealed) FROM secrets').get();
    const before = size();
    expect(await rotated.reseal(ref, 'key-1')).toBe(true);
    expect(size()).toEqual(before);
  });
});

describe('The table of secrets', () => {
  it.each([
    ['deleting a secret', 'DELETE FROM secrets', 'a secret leaves a trace'],
    ['bringing a secret back', 'UPDATE secrets SET destroyed = 0', 'a destroyed secret stays destroyed'],
  ])('refuses %s, whoever asks', async (_, sql, message) => {
    const ref = freshRef();
    await vault.put(ref, secret());
    await vault.destroy(ref);
    const stranger = openConnection(place.file);
    expect(() => stranger.exec(sql)).toThrow(message);
    stranger.close();
  });

  it('gives no secret for another where their rows were changed round', async () => {
    const [one, other] = [freshRef(), freshRef()];
    await vault.put(one, secret());
    await vault.put(other, secret());
    const move = database.connection.prepare('UPDATE secrets SET sealed = ? WHERE id = ?');
    const [sealedOne, sealedOther] = [sealedOf(one), sealedOf(other)];
    move.run(sealedOther, one.id);
    move.run(sealedOne, other.id);
    for (const ref of [one, other]) await expect(vault.get(ref)).rejects.toMatchObject({ code: 'SEALED' });
  });
});

describe('The vault beside the log', () => {
  it('shares a file with it, and commits of one turn', async () => {
    const store = openSqliteEventStore({ database, now });
    const [ref, stream, kept] = [freshRef(), freshStream(), secret()];
    await Promise.all([vault.put(ref, kept), store.append(stream, 0, events(1)), vault.put(freshRef(), secret())]);
    expect(await vault.get(ref)).toEqual(kept);
    expect(await store.readStream(stream)).toHaveLength(1);
    await vault.close();
    expect(await store.append(stream, 1, events(1))).toMatchObject({ version: 2 });
    await store.close();
  });

  it('gives many secrets at once', async () => {
    const refs = Array.from({ length: 500 }, () => freshRef('person'));
    await Promise.all(refs.map((ref) => vault.put(ref, secret())));
    const ids = [...refs.map(({ id }) => id), ...Array.from({ length: 40_000 }, (_, index) => `missing-${index}`)];
    expect((await vault.getMany('person', ids)).size).toBe(500);
  });

  it('keeps secrets of several keys, each under its own', async () => {
    const longName = { ...ROTATED, activeKeyId: 'x'.repeat(40), sealingKeys: new Map(ROTATED.sealingKeys) };
    longName.sealingKeys.set('x'.repeat(40), new Uint8Array(32));
    const refs = [];
    for (const ring of [FIRST, ROTATED, longName]) {
      const ref = freshRef();
      await vaultOn(database, ring).put(ref, secret());
      refs.push(ref);
    }
    const all = vaultOn(database, longName);
    for (const ref of refs) expect(await all.get(ref)).toHaveLength(20);
    const keys = (await all.list({ kind: 'seed', limit: 10 })).map(({ keyId }) => keyId);
    expect(keys.sort()).toEqual(['key-1', 'the-second-key-2', 'x'.repeat(40)]);
  });

  it('loses a key for good when every secret was sealed anew and the key is dropped', async () => {
    const refs = Array.from({ length: 20 }, () => freshRef());
    for (const ref of refs) await vault.put(ref, secret());
    const rotated = vaultOn(database, ROTATED);
    for (const { id, keyId } of await rotated.list({ kind: 'seed', limit: 100 })) {
      expect(await rotated.reseal({ kind: 'seed', id }, keyId)).toBe(true);
    }
    const renewed = vaultOn(database, RENEWED);
    for (const ref of refs) expect(await renewed.get(ref)).toHaveLength(20);
  });

  it('is unavailable where the disk is full, keeps what it had, and goes on when there is room again', async () => {
    const [ref, kept] = [freshRef(), secret()];
    await vault.put(ref, kept);
    database.connection.pragma('max_page_count = 1');
    const large = freshRef();
    await expect(vault.put(large, secret(100_000))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the vault is unavailable: the disk is full',
    });
    expect(await vault.get(ref)).toEqual(kept);
    expect(await vault.get(large)).toBeNull();
    database.connection.pragma('max_page_count = 100000');
    await vault.put(large, secret(100_000));
    expect(await vault.get(large)).toHaveLength(100_000);
  });

  it('is unavailable while another process holds the file locked', async () => {
    const hasty = vaultOn(place.open(50));
    const [ref, kept] = [freshRef(), secret()];
    await hasty.put(ref, kept);
    database.connection.exec('BEGIN IMMEDIATE');
    const locked = { code: 'UNAVAILABLE', message: 'the vault is unavailable: another process holds the file locked' };
    await expect(hasty.put(freshRef(), secret())).rejects.toMatchObject(locked);
    await expect(hasty.destroy(ref)).rejects.toMatchObject(locked);
    database.connection.exec('ROLLBACK');
    expect(await hasty.get(ref)).toEqual(kept);
  });

  it('is refused as CLOSED when the database is closed before the vault', async () => {
    const destroying = vault.destroy(freshRef());
    await database.close();
    await destroying;
    await expect(vault.get(freshRef())).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(vault.put(freshRef(), secret())).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
