import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkKeys } from '../../src/cli/keys/check.js';
import { destroyKey } from '../../src/cli/keys/destroy.js';
import { addKey, rotateKeys } from '../../src/cli/keys/rotate.js';
import { openLog, type OpenedLog } from '../../src/composition/log.js';
import { readConfig, type Config } from '../../src/config.js';
import { withLockFile } from '../../src/sqlite/lock-file.js';
import { checkKeyRing } from '../../src/vault/key-ring-check.js';
import { parseKeyRing, replaceKeyRingFile, serialiseKeyRing } from '../../src/vault/key-ring-file.js';
import { fixedKeyRing, keyRingOfFile } from '../../src/vault/key-ring-source.js';
import type { KeyRing } from '../../src/vault/key-ring.js';
import type { SecretRef, Vault } from '../../src/vault/vault.js';
import { FIRST, FORGED, RENEWED, ROTATED, secret } from '../conformance/vault/given.js';
import { startDouble } from '../support/eventstoredb/double.js';
import { silentTerminal } from './given.js';

const KINDS = ['seed', 'password', 'person'] as const;
const NOW = '2026-01-01T00:00:00.000Z';

/** A vault with secrets under the first key, and the commands of the command line on it. */
async function keysOn(folder: string, eventStoreUrl?: string) {
  const file = join(folder, 'keys.json');
  const config = (environment: Readonly<Record<string, string>> = { KEY_RING_FILE: file }): Config =>
    readConfig({ NODE_ENV: 'test', DATA_DIR: folder, EVENT_STORE_URL: eventStoreUrl, ...environment });
  writeFileSync(file, serialiseKeyRing(FIRST), { mode: 0o600 });
  const log: OpenedLog = openLog(config(), { now: () => NOW, onWarning: () => undefined });
  const kept = new Map<SecretRef, Uint8Array>();
  const service = log.openVault(keyRingOfFile(file, FIRST));
  await checkKeyRing(service, FIRST);

  async function run(
    command: (config: Config, terminal: ReturnType<typeof silentTerminal>) => Promise<number>,
    on?: Config,
  ) {
    const terminal = silentTerminal();
    const code = await command(on ?? config(), terminal);
    return { code, out: terminal.out() };
  }
  const confirm = async () => true;
  return {
    ...{ file, config, service, kept },
    ring: (): KeyRing => parseKeyRing(readFileSync(file, 'utf8'), file),
    under: (ring: KeyRing): Vault => log.openVault(fixedKeyRing(ring)),
    async store(count: number, vault: Vault = service): Promise<void> {
      await Promise.all(
        Array.from({ length: count }, async (_, index) => {
          const ref = { kind: KINDS[index % 3] ?? 'seed', id: `secret-${kept.size}-${index}` };
          const bytes = secret();
          kept.set(ref, bytes);
          await vault.put(ref, bytes);
        }),
      );
    },
    async openAll(vault: Vault): Promise<void> {
      for (const [ref, bytes] of kept) expect(await vault.get(ref)).toEqual(bytes);
    },
    check: (on?: Config) => run(checkKeys, on),
    add: () => run(addKey),
    rotate: (options: { readonly resume?: boolean; readonly to?: string } = {}, on?: Config) =>
      run((...both) => rotateKeys({ resume: false, ...options }, ...both), on),
    destroy: (id: string, on?: Config, means: typeof confirm = confirm) =>
      run((...both) => destroyKey({ id, confirm: means }, ...both), on),
    close: () => log.close(),
  };
}

type Keys = Awaited<ReturnType<typeof keysOn>>;

const PLACES = [
  { name: 'an SQLite file', many: 1_600, start: async () => ({ url: undefined, close: async () => undefined }) },
  { name: 'an EventStoreDB', many: 70, start: () => startDouble() },
];

describe.each(PLACES)('The keys of a vault in $name', ({ start, many }) => {
  let folder: string;
  let server: Awaited<ReturnType<typeof start>>;
  let keys: Keys;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-keys-'));
    server = await start();
    keys = await keysOn(folder, server.url);
  });

  afterEach(async () => {
    await keys.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('are counted by kind and key, and everything that opens is said to', async () => {
    await keys.store(7);
    await replaceKeyRingFile(keys.file, ROTATED);
    await keys.store(2);
    const { code, out } = await keys.check();
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      '3 seed     under key-1',
      '1 seed     under the-second-key-2, the active key',
      '2 password under key-1',
      '1 password under the-second-key-2, the active key',
      '2 person   under key-1',
      '1 check    under key-1',
      'the digest key is the one that names were digested under',
      'SOUND: 10 secrets, and all open',
      '',
    ]);
  });

  it('that a command which died left beside the file are named by checking and destroying', async () => {
    const draft = `${keys.file}.${randomUUID()}.new`;
    writeFileSync(draft, serialiseKeyRing(FIRST));
    writeFileSync(`${keys.file}.new`, 'of somebody else');
    const told = `${draft} was left by a command that broke off, and has keys in it: delete it\n`;
    expect((await keys.check()).out.match(/was left by.*/g)).toHaveLength(1);
    expect((await keys.check()).out).toContain(told);
    await replaceKeyRingFile(keys.file, ROTATED);
    await keys.rotate({ resume: true });
    expect((await keys.destroy(FIRST.activeKeyId)).out).toContain(told);
  });

  it('are unsound where a secret does not open, which is named and not shown', async () => {
    await keys.store(4);
    const [ref, bytes] = [{ kind: 'seed', id: 'lost' } as const, secret()];
    await keys.under(FORGED).put(ref, bytes);
    const { code, out } = await keys.check();
    expect(code).toBe(1);
    expect(out).toContain('the seed lost does not open: it is sealed under key-1\n');
    expect(out).toContain('UNSOUND: 1 secret does not open');
    for (const form of ['hex', 'base64'] as const) expect(out).not.toContain(Buffer.from(bytes).toString(form));
  });

  it('are unsound under another digest key, though all opens', async () => {
    await keys.store(1);
    writeFileSync(keys.file, serialiseKeyRing({ ...FIRST, digestKey: new Uint8Array(32) }));
    const { code, out } = await keys.check();
    expect(code).toBe(1);
    expect(out).toContain('the digest key is not the one that names were digested under');
  });

  it('rotate to a new key under which everything lies and opens, with a service at work', async () => {
    await keys.store(many);
    const { code, out } = await keys.rotate();
    const { activeKeyId, sealingKeys, digestKey } = keys.ring();
    expect({ code, out: out.split('\n') }).toEqual({
      code: 0,
      out: [
        `${activeKeyId} is active now, in ${keys.file}: copy the file to where you keep it`,
        `${many + 1} secrets were sealed anew under ${activeKeyId}`,
        'key-1 may be destroyed: virtual-mfa keys destroy key-1',
        '',
      ],
    });
    expect([...sealingKeys.keys()]).toEqual(['key-1', activeKeyId]);
    expect(digestKey).toEqual(FIRST.digestKey);
    expect(statSync(keys.file).mode & 0o777).toBe(0o600);
    await keys.openAll(keys.service);
    await keys.store(3);
    expect((await keys.check()).out).toContain(`nothing is sealed under key-1; \`virtual-mfa keys destroy key-1\``);
  });

  it('go on with a rotation that was broken off, and make no new key then', async () => {
    await keys.store(5);
    await replaceKeyRingFile(keys.file, ROTATED);
    await keys.store(5);
    for (const options of [{}, { resume: true }]) {
      const { code, out } = await keys.rotate(options);
      expect(code).toBe(0);
      expect(out).toContain('the-second-key-2 is active already');
      expect(keys.ring()).toEqual(ROTATED);
      if (!('resume' in options)) expect(out).toContain('6 secrets were sealed anew');
    }
    expect((await keys.rotate()).out).toContain('is active now');
  });

  it('leave a secret that does not open as it is, say so, and seal the others anew', async () => {
    await keys.store(3);
    await keys.under(FORGED).put({ kind: 'seed', id: 'lost' }, secret());
    const { code, out } = await keys.rotate();
    expect(code).toBe(1);
    expect(out).toContain('the seed lost does not open, and is left as it is\n4 secrets were sealed anew');
    expect(await keys.under(FORGED).get({ kind: 'seed', id: 'lost' })).not.toBeNull();
    await expect(keys.destroy('key-1')).rejects.toThrow('1 secret still lies under key-1');
  });

  it('get a key that seals nothing until it is made active', async () => {
    await keys.store(2);
    const added = (await keys.add()).out.trim();
    expect(keys.ring().activeKeyId).toBe('key-1');
    expect((await keys.check()).out).toContain(`nothing is sealed under ${added}`);
    await keys.rotate({ to: added });
    expect([...keys.ring().sealingKeys.keys()]).toEqual(['key-1', added]);
    expect(keys.ring().activeKeyId).toBe(added);
    await expect(keys.rotate({ to: 'none' })).rejects.toThrow(`name one of key-1, ${added}`);
  });

  it('lose a key for good when it is destroyed: what an old backup has opens no more', async () => {
    await keys.store(4);
    await keys.rotate();
    const { activeKeyId } = keys.ring();
    const { code, out } = await keys.destroy('key-1');
    expect({ code, out }).toEqual({
      code: 0,
      out: `key-1 is out of ${keys.file}: delete it from every copy of the file, too\n`,
    });
    expect([...keys.ring().sealingKeys.keys()]).toEqual([activeKeyId]);
    await keys.openAll(keys.service);
    await keys.store(2);
    expect((await keys.check()).code).toBe(0);
  });

  it('keep the active key, a key that still seals something, and those they do not have', async () => {
    await keys.store(3);
    await replaceKeyRingFile(keys.file, ROTATED);
    await keys.store(1);
    await expect(keys.destroy('the-second-key-2')).rejects.toThrow('the-second-key-2 is the active key');
    await expect(keys.destroy('key-1')).rejects.toThrow('4 secrets still lie under key-1');
    await expect(keys.destroy('digest')).rejects.toThrow('the key ring has no key digest');
    expect(keys.ring()).toEqual(ROTATED);
  });

  it('keep a key where nobody said that it is meant', async () => {
    await replaceKeyRingFile(keys.file, ROTATED);
    await keys.rotate({ resume: true });
    await expect(keys.destroy('key-1', undefined, async () => false)).rejects.toThrow('give --yes');
    expect(keys.ring()).toEqual(ROTATED);
  });

  it('get a key back that a service still sealed something under while it was destroyed', async () => {
    await replaceKeyRingFile(keys.file, ROTATED);
    await keys.rotate({ resume: true });
    const late = async () => {
      await keys.store(1, keys.under({ ...ROTATED, activeKeyId: 'key-1' }));
      return true;
    };
    await expect(keys.destroy('key-1', undefined, late)).rejects.toThrow('1 secret still lies under key-1');
    expect(keys.ring().sealingKeys).toEqual(expect.objectContaining(new Map(ROTATED.sealingKeys)));
    await keys.openAll(keys.under(keys.ring()));
  });

  it('in KEY_RING are sealed anew under and not changed', async () => {
    await keys.store(2);
    const config = keys.config({ KEY_RING: serialiseKeyRing(ROTATED) });
    const { code, out } = await keys.rotate({}, config);
    expect(code).toBe(0);
    expect(out).toContain('3 secrets were sealed anew under the-second-key-2');
    expect((await keys.rotate({}, config)).out).toContain('docs/operating.md');
    await expect(keys.rotate({ to: 'key-1' }, config)).rejects.toThrow('in KEY_RING, where only you can change it');
    await expect(keys.destroy('key-1', config)).rejects.toThrow('nothing lies under key-1');
    expect(keys.ring()).toEqual(FIRST);
    expect((await keys.check(keys.config({ KEY_RING: serialiseKeyRing(RENEWED) }))).code).toBe(0);
  });

  it('of other data are changed by no command', async () => {
    writeFileSync(keys.file, serialiseKeyRing({ ...ROTATED, digestKey: new Uint8Array(32) }));
    for (const attempt of [() => keys.rotate(), () => keys.add(), () => keys.destroy('key-1')])
      await expect(attempt()).rejects.toThrow('the key ring is not the one that the data were made with');
  });
});

describe('The file of a key ring', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-keys-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is changed by one command at a time: no key that something was sealed under is ever lost', async () => {
    const keys = await keysOn(folder);
    await withLockFile(`${keys.file}.lock`, async () => {
      await expect(keys.add()).rejects.toThrow('is being changed by another command');
    });
    const added: string[] = [];
    for (const outcome of await Promise.allSettled(Array.from({ length: 6 }, () => keys.add())))
      if (outcome.status === 'fulfilled') added.push(outcome.value.out.trim());
    expect(added.length).toBeGreaterThan(0);
    expect([...keys.ring().sealingKeys.keys()]).toEqual(['key-1', ...added]);
    await keys.close();
  });

  it('is of no use without a log, and none is made', async () => {
    const keys = await keysOn(folder);
    await keys.close();
    const elsewhere = keys.config({ KEY_RING_FILE: keys.file, DATA_DIR: join(folder, 'elsewhere') });
    for (const attempt of [() => keys.rotate({}, elsewhere), () => keys.check(elsewhere)])
      await expect(attempt()).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
    expect(() => statSync(join(folder, 'elsewhere'))).toThrow('ENOENT');
  });
});
