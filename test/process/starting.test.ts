import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import { raw } from '../sqlite/given.js';
import { createClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { succeed, viewer } from '../support/operations.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';
import { startService } from '../support/service.js';

let folder: ReturnType<typeof temporaryFolder>;
const processes: ServiceProcess[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  for (const { child, exit } of processes.splice(0)) {
    child.kill('SIGKILL');
    await exit;
  }
  folder.remove();
});

function launch(environment: Readonly<Record<string, string>> = {}, args?: string[]): ServiceProcess {
  const started = startProcess({ DATA_DIR: folder.path, ...environment }, args);
  processes.push(started);
  return started;
}

/** Every file of the data folder, by digest. */
function content(): Record<string, string> {
  const names = readdirSync(folder.path, { recursive: true }).map(String).sort();
  const files = names.filter((name) => statSync(join(folder.path, name)).isFile());
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder.path, name)))
      .digest('hex');
  return Object.fromEntries(files.map((name) => [name, digest(name)]));
}

/** A process that does not start: what it said, in one sentence without a stack. */
async function refusalOf({ exit, err, out }: ServiceProcess): Promise<string> {
  expect(await exit).toStrictEqual({ code: 1, signal: null });
  expect(out()).toBe('');
  const said = err()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{'));
  expect(said).toHaveLength(1);
  expect(said[0]).not.toMatch(/^\s*at |node:internal|Error:/);
  return said[0] ?? '';
}

describe('the service', () => {
  it('says where it listens, in one line, and keeps its files to its owner', async () => {
    const service = launch({ LOG_LEVEL: 'silent' });
    const url = await service.url;
    expect(url).toMatch(/^http:\/\/localhost:\d+\/graphql$/);
    expect(service.out()).toBe(`Virtual MFA listens on ${url}\n`);
    expect(service.err()).toBe('');
    expect(await viewer(createClient(url))).toBeNull();
    for (const name of readdirSync(folder.path).filter((file) => !file.startsWith('read-models'))) {
      expect([name, statSync(join(folder.path, name)).mode & 0o077]).toStrictEqual([name, 0]);
    }
  });

  it('warns of a variable that is one letter away from a setting', async () => {
    const service = launch({ PROT: '4711', LOG_LEVEL: 'warn' });
    await service.url;
    await eventually(async () =>
      expect(service.err()).toContain('PROT is set, and no setting is called that: rename it to PORT'),
    );
    expect(service.err()).not.toContain('4711');
  });

  it('runs in production on a key ring of its operator', async () => {
    const made = launch({}, ['keys', 'generate']);
    expect(await made.exit).toStrictEqual({ code: 0, signal: null });
    const path = join(folder.path, 'ring.json');
    writeFileSync(path, made.out());
    const keys = launch({ AUDIT_ORIGIN: 'mfa.example/audit' }, ['audit', 'keys', 'generate']);
    expect(await keys.exit).toStrictEqual({ code: 0, signal: null });
    const audit = join(folder.path, 'signing.txt');
    writeFileSync(audit, keys.out());
    const listed = launch({}, ['audit', 'keys', 'list', audit]);
    expect(await listed.exit).toStrictEqual({ code: 0, signal: null });
    const grantKeys = launch({}, ['grants', 'keys', 'generate']);
    expect(await grantKeys.exit).toStrictEqual({ code: 0, signal: null });
    const grants = join(folder.path, 'granting.txt');
    writeFileSync(grants, grantKeys.out());
    const keyFiles = { KEY_RING_FILE: path, AUDIT_KEYS_FILE: audit, GRANT_KEYS_FILE: grants };
    const service = launch({ NODE_ENV: 'production', PUBLIC_URL: 'https://mfa.example.com', ...keyFiles });
    const jwks = await (await fetch((await service.url).replace('/graphql', '/.well-known/jwks.json'))).json();
    const { d: _secret, ...half } = JSON.parse(grantKeys.out().split('\n')[1] ?? '') as Record<string, string>;
    expect(jwks).toStrictEqual({ keys: [{ ...half, kid: expect.any(String), alg: 'EdDSA', use: 'sig' }] });
    const published = await fetch((await service.url).replace('/graphql', '/audit/keys'));
    expect(await published.text()).toBe(listed.out());
    expect(listed.out()).toMatch(/^mfa\.example\/audit\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+\n$/);
    const client = createClient(await service.url);
    await succeed(client, 'registerAccount', { alias: 'acme', email: 'ada@example.com', password: 'correct horse' });
    await succeed(client, 'signIn', { username: 'ada@example.com', password: 'correct horse' });
    expect([...client.cookies.keys()]).toStrictEqual(['__Host-session', '__Host-known-browser']);
    expect(readdirSync(folder.path)).not.toContain('keys.json');
    expect(readdirSync(folder.path)).not.toContain('audit-keys.txt');
    expect(readdirSync(folder.path)).not.toContain('grant-keys.txt');
  });
});

/** Leaves a data folder behind in which there is an account. */
async function ours(): Promise<void> {
  const service = await startService({ DATA_DIR: folder.path });
  await succeed(service.client(), 'registerAccount', {
    ...{ alias: 'acme', email: 'ada@example.com', password: 'correct horse' },
  });
  await service.dispose();
}

describe('a database that is not ours, or not whole, is refused in a sentence and left as it is', () => {
  const log = () => join(folder.path, 'log.db');

  it.each<[string, () => unknown, RegExp]>([
    ['text', () => writeFileSync(log(), 'Dear diary, '.repeat(1_000)), /log\.db is not an SQLite database: /],
    [
      'a database of another application',
      () => raw(log(), 'CREATE TABLE diary (entry TEXT)'),
      /log\.db belongs to another application: /,
    ],
    ['a folder', () => mkdirSync(log()), /log\.db is not a file: /],
  ])('%s', async (_, make, said) => {
    make();
    const before = content();
    expect(await refusalOf(launch())).toMatch(said);
    expect(content()).toStrictEqual(before);
  });

  it('a log of a newer release', async () => {
    await ours();
    const database = openConnection(log());
    database.pragma('user_version = 99');
    database.close();
    const before = content();
    expect(await refusalOf(launch())).toMatch(/log\.db was written by a newer release \(schema 99, not 1\): start /);
    expect(content()).toStrictEqual(before);
  });

  it('a log that is damaged', async () => {
    await ours();
    const bytes = readFileSync(log());
    bytes.fill(0xff, 4_096 + 200, 3 * 4_096);
    writeFileSync(log(), bytes);
    const before = content();
    expect(await refusalOf(launch())).toMatch(/log\.db is damaged \(.*\): restore it from a backup/);
    // Looking into a file in WAL mode may leave an index beside it.
    expect(content()).toMatchObject(before);
  });

  it('read models that are none', async () => {
    await ours();
    writeFileSync(join(folder.path, 'read-models.db'), 'Dear diary, '.repeat(1_000));
    const service = launch({ LOG_LEVEL: 'silent' });
    const started = await service.url.then(
      () => true,
      () => false,
    );
    if (!started) expect(await refusalOf(service)).toMatch(/read-models\.db/);
  });
});

describe('what cannot be is refused in a sentence', () => {
  it('a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { port } = other.address() as { port: number };
      expect(await refusalOf(launch({ PORT: String(port) }))).toMatch(
        new RegExp(`EADDRINUSE.*127\\.0\\.0\\.1:${port}\\. The port is in use\\. Stop the other process, or set PORT`),
      );
    } finally {
      other.close();
    }
  });

  it.each([
    [{ PORT: 'http' }, 'PORT must be a number from 0 to 65535. Correct it or unset it.'],
    [{ HOST: '192.0.2.1' }, /This machine does not have the address in HOST/],
    [{ HOST: 'no-such-host.invalid' }, /The name in HOST is not known/],
    [
      { AUDIT_KEYS: 'PRIVATE+KEY+secret' },
      /^(?!.*secret).*audit keys in AUDIT_KEYS cannot be used, line 1 is not a sig/s,
    ],
    [
      { GRANT_KEYS: '{"d":"secret"}' },
      /^(?!.*secret).*grant keys in GRANT_KEYS cannot be used, line 1 is no Ed25519 key/s,
    ],
    [
      { GRANT_KEYS_FILE: '/no/such/keys.txt' },
      /grant keys \/no\/such\/keys\.txt cannot be used, there is no such file: /,
    ],
    [{ AUDIT_KEYS_FILE: '/no/such/keys.txt' }, /\/no\/such\/keys\.txt cannot be used, there is no such file: /],
    [{ KEY_RING: 'not JSON' }, /KEY_RING cannot be used, it is not JSON: /],
    [{ KEY_RING_FILE: '/no/such/file.json' }, /\/no\/such\/file\.json/],
    [{ TEST_CLOCK_FILE: '/no/such/file' }, /TEST_CLOCK_FILE|\/no\/such\/file/],
  ])('%j', async (environment, said) => {
    expect(await refusalOf(launch(environment))).toMatch(said);
  });

  it('a key ring file that holds no key ring', async () => {
    writeFileSync(join(folder.path, 'keys.json'), '{"active": "gone", "sealing": {}, "digest": "short"}');
    const before = content();
    expect(await refusalOf(launch())).toMatch(/keys\.json cannot be used, /);
    expect(content()['keys.json']).toBe(before['keys.json']);
  });

  it('a key ring that is not the one of the data, under which all names would be free again', async () => {
    await ours();
    const key = Buffer.alloc(32, 9).toString('base64');
    const other = JSON.stringify({ active: 'other', sealing: { other: key }, digest: key });
    expect(await refusalOf(launch({ KEY_RING: other }))).toMatch(/key ring/);
    rmSync(join(folder.path, 'keys.json'));
    expect(await refusalOf(launch())).toMatch(/key ring/);
  });

  it('a data folder that is a file', async () => {
    const path = join(folder.path, 'file');
    writeFileSync(path, 'Dear diary');
    expect(await refusalOf(launch({ DATA_DIR: path }))).toMatch(/file/);
  });

  it('a data folder that may not be written', async () => {
    // Permissions do not bind root.
    if (process.getuid?.() === 0) return;
    chmodSync(folder.path, 0o500);
    expect(await refusalOf(launch())).toMatch(/let the user that runs the service/);
    chmodSync(folder.path, 0o700);
  });

  it('a command that there is not', async () => {
    const { exit, err } = launch({}, ['serv']);
    expect((await exit).code).toBe(2);
    expect(err()).toMatch(/^error: unknown command 'serv'\n\(Did you mean serve\?\)\n\nUsage: /);
  });

  it('production without what it needs, all of which is told', async () => {
    const { exit, err } = launch({ NODE_ENV: 'production' });
    expect(await exit).toStrictEqual({ code: 1, signal: null });
    expect(err()).toMatch(/^KEY_RING_FILE is .*\nAUDIT_KEYS_FILE is .*\nGRANT_KEYS_FILE is .*\nPUBLIC_URL is .*\n$/);
  });

  it.each([[[]], [['audit']], [['audit', 'keys']], [['keys']], [['accounts']]])(
    'no command, with the help on standard error: %j',
    async (args) => {
      const { exit, out, err } = launch({}, args);
      expect(await exit).toStrictEqual({ code: 2, signal: null });
      expect([out(), err()]).toEqual(['', expect.stringMatching(/^Usage: virtual-mfa .*Commands:/s)]);
    },
  );

  it('nothing where help is asked for, which lists all settings', async () => {
    const { exit, out, err } = launch({}, ['serve', '--help']);
    expect(await exit).toStrictEqual({ code: 0, signal: null });
    for (const name of ['PORT', 'AUDIT_ORIGIN', 'READ_COST_PER_MINUTE_PER_SESSION'])
      expect(out()).toContain(`  ${name} `);
    expect(err()).toBe('');
  });
});
