import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { generateKeyRing, parseKeyRing, serialiseKeyRing } from '../../src/vault/key-ring-file.js';
import { fixedKeyRing } from '../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqlite-vault.js';
import type { KeyRing } from '../../src/vault/key-ring.js';
import type { Vault } from '../../src/vault/vault.js';
import { createClient } from '../support/client.js';
import { createClockFile } from '../support/cluster/clock-file.js';
import { eventually } from '../support/eventually.js';
import { answerChallenge, enable, register, signIn } from '../support/people.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';
import type { Clock } from '../support/service.js';

/** So many that a rotation takes a while. */
const SECRETS = 10_000;

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
let clock: Clock;
const processes: ServiceProcess[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'ring.json');
  writeFileSync(file, serialiseKeyRing(generateKeyRing('2026-01-01T00:00:00.000Z')));
  clock = createClockFile(join(folder.path, 'clock'));
});

afterEach(async () => {
  for (const { child, exit } of processes.splice(0)) {
    child.kill('SIGKILL');
    await exit;
  }
  folder.remove();
});

function run(...args: string[]): ServiceProcess {
  const { path } = folder;
  const started = startProcess(
    { DATA_DIR: path, KEY_RING_FILE: file, TEST_CLOCK_FILE: join(path, 'clock'), LOG_LEVEL: 'silent' },
    args,
  );
  processes.push(started);
  return started;
}

const ringNow = (): KeyRing => parseKeyRing(readFileSync(file, 'utf8'), file);

async function withVault<T>(job: (vault: Vault) => Promise<T>): Promise<T> {
  const database = openLogDatabase({ path: join(folder.path, 'log.db') });
  const vault = openSqliteVault({ database, keys: fixedKeyRing(ringNow()), now: () => clock.now() });
  try {
    return await job(vault);
  } finally {
    await vault.close();
    await database.close();
  }
}

async function countUnder(vault: Vault, keyId: string): Promise<number> {
  const entries = await vault.list({ kind: 'person', limit: 10 * SECRETS });
  return entries.filter((entry) => entry.keyId === keyId).length;
}

/** Somebody with a device, who signs in by password and code from browser after browser. */
async function somebodyAt(url: string) {
  const at = (there: string) => ({ client: () => createClient(there), clock });
  const account = await register(at(url));
  const authenticator = await enable(at(url), await signIn(at(url), account));
  return {
    async signIn(there = url): Promise<void> {
      expect((await answerChallenge(await signIn(at(there), account), authenticator)).outcome.viewer.stage).toBe(
        'FULL',
      );
    },
  };
}

describe('the key ring of a running service', () => {
  it('is rotated while people sign in, killed and resumed; then the old key is destroyed, and codes still work', async () => {
    const service = run('serve');
    const url = await service.url;
    const ada = await somebodyAt(url);
    const before = ringNow().activeKeyId;
    await withVault(async (vault) => {
      const put = (_: unknown, index: number) =>
        vault.put({ kind: 'person', id: `extra-${index}` }, new Uint8Array(32));
      await Promise.all(Array.from({ length: SECRETS }, put));
    });

    const killed = run('keys', 'rotate');
    await eventually(async () => expect(ringNow().activeKeyId).not.toBe(before));
    const after = ringNow().activeKeyId;
    await withVault((vault) => eventually(async () => expect(await countUnder(vault, after)).toBeGreaterThan(0)));
    killed.child.kill('SIGKILL');
    await killed.exit;
    expect(await withVault((vault) => countUnder(vault, before))).toBeGreaterThan(0);
    await ada.signIn();
    const grace = await somebodyAt(url);

    const resumed = run('keys', 'rotate');
    let rotating = true;
    void resumed.exit.then(() => (rotating = false));
    do await ada.signIn();
    while (rotating);
    expect(await resumed.exit).toEqual({ code: 0, signal: null });
    expect(ringNow().activeKeyId).toBe(after);
    expect(await run('keys', 'destroy', before).exit).toMatchObject({ code: 1 });
    expect(await run('keys', 'destroy', before, '--yes').exit).toMatchObject({ code: 0 });
    await ada.signIn();
    await grace.signIn();

    service.child.kill('SIGTERM');
    await service.exit;
    expect([...ringNow().sealingKeys.keys()]).toEqual([after]);
    const again = await run('serve').url;
    await ada.signIn(again);
    await grace.signIn(again);
    const check = run('keys', 'check');
    expect(await check.exit).toMatchObject({ code: 0 });
    expect(check.out()).toMatch(/^SOUND: \d+ secrets, and all open$/m);
  });
});
