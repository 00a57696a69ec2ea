import { cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openConnection } from '../../src/sqlite/connection.js';
import { exportFromLog } from '../../src/cli/audit/export-trail.js';
import { verifyStore, type VerifyStoreOptions } from '../../src/cli/audit/verify-store.js';
import { readConfig } from '../../src/config.js';
import { keyOf } from '../audit/notes/given.js';
import { createSubUser, primary } from '../support/people.js';
import type { Client } from '../support/client.js';
import { temporaryFolder } from '../support/process.js';
import { startService, type TestService } from '../support/service.js';
import { headerOf, KEY, KEYS, keptAt, linesIn, silentTerminal, verifierIn } from './given.js';

const scratch = temporaryFolder();
const verifier = verifierIn(scratch.path);
const { put } = verifier;
let service: TestService;
let accountId: string;
/** Checkpoints of the account at some sizes. */
let kept: readonly string[];
let size: number;
/** Another account, by its alias. */
let strangersAlias: string;
let copies = 0;

async function exported(client: Client): Promise<readonly string[]> {
  const authorization = `Bearer ${client.token ?? ''}`;
  const response = await fetch(new URL('/audit/export', service.url), { headers: { authorization } });
  return linesIn(await response.text());
}

async function verify(
  folder: string,
  more: Partial<VerifyStoreOptions> = {},
  settings: Readonly<Record<string, string>> = {},
) {
  const terminal = silentTerminal();
  const given = {
    account: [],
    checkpoint: [put(kept.join(''))],
    key: [KEY.verifier.text],
    openings: true,
    json: false,
  };
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder, ...settings });
  const code = await verifyStore({ ...given, ...more }, config, terminal);
  return { code, out: terminal.out() };
}

/** A copy of the service's folder, in which something was done to the log by whoever may do all. */
function tampered(sql: string): string {
  copies += 1;
  const folder = join(scratch.path, `copy-${copies}`);
  cpSync(service.folder, folder, { recursive: true });
  const database = openConnection(join(folder, 'log.db'));
  for (const trigger of ['events_are_never_changed', 'events_are_never_deleted', 'events_are_only_appended'])
    database.exec(`DROP TRIGGER ${trigger}`);
  database.exec(sql);
  database.close();
  return folder;
}

/** The event of the record of the account at a place, as SQL finds it. */
const at = (seq: number) =>
  `position = (SELECT position FROM events WHERE json_extract(data, '$.accountId') = '${accountId}' AND stream NOT LIKE 'name-%' ORDER BY position LIMIT 1 OFFSET ${seq})`;

beforeAll(async () => {
  service = await startService({ ...KEYS, AUDIT_CHECKPOINTS_FILE: join(scratch.path, 'own.txt') });
  const { client, account } = await primary(service, 'BEARER');
  await createSubUser(client, account);
  const lines = await exported(client);
  accountId = headerOf(lines).account;
  size = lines.length - 1;
  kept = [2, 5, size].map((one) => keptAt(lines, one));
  strangersAlias = (await primary(service)).account.alias;
});

afterAll(async () => {
  await service.dispose();
  scratch.remove();
});

describe('The log of a service', () => {
  it('is sound while the service runs, which it does not disturb, nor writes to', async () => {
    const before = statSync(join(service.folder, 'log.db')).mtimeMs;
    const { code, out } = await verify(service.folder);
    expect(out).toMatch(/^SOUND: the trail of 1 account is .*; of 1 account without a checkpoint nothing is proven/);
    expect(code).toBe(0);
    expect(statSync(join(service.folder, 'log.db')).mtimeMs).toBe(before);
    await primary(service);
    expect(await verify(service.folder, { account: [accountId] })).toEqual({
      code: 0,
      out: `SOUND: the trail of 1 account is the one over which its checkpoints were signed (${size} records of 1 account read)\n`,
    });
  });

  it('proves nothing where no checkpoint is of it, or no key of them', async () => {
    expect(await verify(service.folder, { checkpoint: [] })).toMatchObject({ code: 2 });
    const foreign = await verify(service.folder, { key: [keyOf('somebody').verifier.text] });
    expect(foreign).toMatchObject({ code: 2, out: expect.stringContaining('a key that was not given') });
    // The service's own file of checkpoints and its keys are taken where none are given.
    const own = { AUDIT_CHECKPOINTS_FILE: put(kept.join('\n')), ...KEYS };
    expect(await verify(service.folder, { checkpoint: [], key: [] }, own)).toMatchObject({ code: 0 });
    const nowhere = await verify(join(scratch.path, 'nowhere'));
    expect(nowhere).toMatchObject({ code: 2, out: expect.stringContaining('the event log') });
  });

  it('gives out a trail that is sound, and says in it that the operator took it', async () => {
    const output = join(scratch.path, 'operator.ndjson');
    const settings = { NODE_ENV: 'test', DATA_DIR: service.folder, LOG_LEVEL: 'silent', ...KEYS };
    const options = { account: strangersAlias, format: 'NATIVE', from: 0, ocsfVersion: '1.8.0', output } as const;
    const terminal = silentTerminal();
    await exportFromLog(options, readConfig(settings), { stdout: process.stdout, stderr: terminal.stderr });
    const lines = linesIn(readFileSync(output, 'utf8'));
    expect(await verifier.verify(lines, [keptAt(lines, 2)])).toMatchObject({ code: 0 });
    expect(lines.at(-1)).toContain('"actor":{"id":"operator","kind":"SYSTEM"}');
    expect(headerOf(lines).checkpoints).toHaveLength(1);
    const again = exportFromLog(options, readConfig(settings), { stdout: process.stdout, stderr: terminal.stderr });
    await expect(again).rejects.toMatchObject({ code: 'EEXIST' });
    const nobody = { ...options, account: 'nobody', output: null };
    const none = exportFromLog(nobody, readConfig(settings), { stdout: process.stdout, stderr: terminal.stderr });
    await expect(none).rejects.toMatchObject({ code: 'UNUSABLE_INPUT' });
  });

  it('is tampered with in its file, which is named', async () => {
    await service.stop();
    const cases: readonly [sql: string, ...expected: string[]][] = [
      [
        `UPDATE events SET metadata = json_set(metadata, '$.occurredAt', '2025-01-01T00:00:00.000Z') WHERE ${at(3)}`,
        'ROOT_MISMATCH: account ACCOUNT: records 2 to 4',
      ],
      [`DELETE FROM events WHERE ${at(size - 1)}`, `TRUNCATED: account ACCOUNT: record ${size - 1}`],
      [`DELETE FROM events WHERE ${at(0)}`, 'ROOT_MISMATCH: account ACCOUNT: records 0 to 1', 'TRUNCATED'],
      [`UPDATE events SET version = version + 1 WHERE ${at(size - 1)}`, 'SEQ_GAP: account ACCOUNT'],
      [
        `UPDATE events SET personal = replace(personal, '"sealed":"', '"sealed":"AAAA') WHERE ${at(1)}`,
        'COMMITMENT_MISMATCH: account ACCOUNT: in record 1',
      ],
      [
        `DELETE FROM events WHERE json_extract(data, '$.accountId') = '${accountId}'`,
        `TRUNCATED: account ACCOUNT: records 0 to ${size - 1}`,
      ],
    ];
    for (const [sql, ...expected] of cases) {
      const { code, out } = await verify(tampered(sql));
      for (const sentence of expected) expect(out).toContain(sentence.replace('ACCOUNT', accountId));
      expect(code).toBe(1);
    }
  });

  it('does not look at personal values where that is not wanted', async () => {
    const folder = tampered(
      `UPDATE events SET personal = replace(personal, '"sealed":"', '"sealed":"AAAA') WHERE ${at(1)}`,
    );
    expect(await verify(folder, { openings: false })).toMatchObject({ code: 0 });
    const { out } = await verify(folder, { json: true });
    const said = linesIn(out).map((line) => JSON.parse(line));
    expect(said.find(({ finding }) => finding !== undefined).finding).toMatchObject({
      code: 'COMMITMENT_MISMATCH',
      account: accountId,
      seq: 1,
    });
    expect(said.at(-1)).toMatchObject({ verdict: 'tampered', findings: 1 });
  });

  it('is read where somebody has dropped what protects it, which is told and not put back', async () => {
    const folder = tampered('DROP TRIGGER secrets_leave_a_trace; DROP TRIGGER secrets_stay_destroyed');
    const bytes = () => readFileSync(join(folder, 'log.db'));
    const before = bytes();
    const { code, out } = await verify(folder);
    for (const name of ['events_are_never_changed', 'events_are_never_deleted', 'events_are_only_appended'])
      expect(out).toContain(`lacks ${name}:`);
    for (const name of ['secrets_leave_a_trace', 'secrets_stay_destroyed']) expect(out).toContain(`lacks ${name}:`);
    expect([code, out.split('\n').at(-2)]).toEqual([0, expect.stringMatching(/^SOUND/)]);
    const { out: json } = await verify(folder, { json: true });
    expect(linesIn(json).filter((line) => 'warning' in JSON.parse(line))).toHaveLength(5);
    expect(bytes().equals(before)).toBe(true);
  });

  it('has its personal values not looked at where the table of secrets is gone, which is told', async () => {
    const folder = tampered('DROP TABLE secrets');
    expect(await verify(folder)).toMatchObject({
      code: 2,
      out: expect.stringMatching(/lacks secrets: .*\n.*has no table of secrets: restore/s),
    });
    expect(await verify(folder, { openings: false })).toMatchObject({ code: 0 });
  });

  it('is not judged where it is none', async () => {
    const folder = tampered('SELECT 1');
    const bytes = readFileSync(join(folder, 'log.db'));
    bytes.writeUInt32BE(1, 68);
    const path = put(bytes, 'db');
    cpSync(path, join(folder, 'log.db'));
    expect(await verify(folder)).toMatchObject({
      code: 2,
      out: expect.stringContaining('belongs to another application'),
    });
  });
});
