import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportHeader } from '../../src/audit/export/header.js';
import { exportLine, parseExportLine, type ExportedRecord } from '../../src/audit/export/line.js';
import { EMPTY_ROOT } from '../../src/audit/merkle/hashing.js';
import { signCheckpoint } from '../../src/audit/notes/checkpoint.js';
import type { Opening } from '../../src/canonical/commitment.js';
import type { AuditRecord } from '../../src/audit/record.js';
import { headerOf, KEY, KEYS, keptAt, linesIn, verifierIn } from '../cli/given.js';
import { keyOf } from '../audit/notes/given.js';
import { playJourney, type Journey } from '../support/journey.js';
import { createSubUser, primary, signIn } from '../support/people.js';
import type { Client, Loose } from '../support/client.js';
import { startProcess, temporaryFolder } from '../support/process.js';
import { ocsfFaults } from '../support/ocsf/validate.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let journey: Journey;
const folder = temporaryFolder();
const { put, verify } = verifierIn(folder.path);

/** Asks for an export as a client, or as nobody. */
async function take(client: Client | null, query = '', headers: Readonly<Record<string, string>> = {}) {
  const authorization = client === null ? {} : { authorization: `Bearer ${client.token ?? ''}` };
  const url = new URL(`/audit/export?${query}`, service.url);
  const response = await fetch(url, { headers: { ...authorization, ...headers } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function faultIn({ status, text }: Awaited<ReturnType<typeof take>>) {
  const [error] = (JSON.parse(text) as { errors: Loose[] }).errors;
  return { status, code: error.extensions.code, message: error.message };
}

beforeAll(async () => {
  service = await startService(KEYS);
  journey = await playJourney(service);
});

afterAll(async () => {
  await service.dispose();
  folder.remove();
});

describe('A native export', () => {
  let lines: readonly string[];
  let kept: readonly string[];
  let records: readonly ExportedRecord[];

  beforeAll(async () => {
    const { text } = await take(journey.primary);
    lines = linesIn(text);
    records = lines.slice(1).map((line) => {
      const exported = parseExportLine(line);
      if (exported === null) throw new Error(`not a line: ${line}`);
      return exported;
    });
    kept = [10, 20, records.length].map((size) => keptAt(lines, size));
  });

  /** The line of a record, with something changed and hashed anew. */
  function changed(seq: number, change: (record: AuditRecord) => AuditRecord): string {
    const { record, openings } = records[seq] ?? {};
    if (record === undefined) throw new Error(`there is no record ${seq}`);
    return exportLine(change(record), (openings ?? []) as (Opening | null)[]);
  }

  const other = (record: AuditRecord): AuditRecord => ({
    ...record,
    metadata: { ...record.metadata, requestId: 'other' },
  });
  const withLine = (seq: number, line: string) => lines.with(seq + 1, line);
  const without = (seq: number) => lines.toSpliced(seq + 1, 1);
  const line = (seq: number) => lines[seq + 1] ?? '';

  it('has every record of the account, its own at the end, and opens what is personal', () => {
    const types = records.map(({ record }) => record.type);
    expect(types).toContain('PrimaryAccountRegistered');
    expect(types.at(-1)).toBe('AuditTrailExported');
    expect(records.map(({ record }) => record.seq)).toEqual(records.map((_, index) => index));
    expect(new Set(records.map(({ record }) => record.data.accountId))).toEqual(new Set([journey.accountId]));
    expect(records.at(-1)?.record.data).toMatchObject({ format: 'NATIVE', from: 0, to: records.length });
    expect(JSON.stringify(records.map(({ openings }) => openings))).toContain('zephyrine-works');
  });

  it('is sound against what somebody kept, packed or not, from a file or in a process of its own', async () => {
    const sound = `SOUND: the first ${records.length} records are those over which the kept checkpoint was signed (${records.length} read)\n`;
    expect(await verify(lines, kept)).toEqual({ code: 0, out: sound });
    expect(await verify(gzipSync(lines.map((one) => `${one}\n`).join('')), kept)).toEqual({ code: 0, out: sound });
    const file = put(lines.map((one) => `${one}\n`).join(''));
    const keys = put(`# the keys\n${KEY.verifier.text}\n`);
    const args = ['audit', 'verify', file, '--checkpoint', put(kept.join('')), '--key', keys];
    const child = startProcess({}, args);
    expect(await child.exit).toMatchObject({ code: 0 });
    expect(child.out()).toBe(sound);
  });

  it.each<[string, () => readonly string[], string]>([
    [
      'a changed record',
      () => withLine(12, line(12).replace(records[12]?.record.id ?? '', 'x')),
      'HASH_MISMATCH: record 12',
    ],
    ['a changed record, hashed anew', () => withLine(12, changed(12, other)), 'ROOT_MISMATCH: records 10 to 19'],
    [
      'all after a record hashed anew',
      () => lines.map((one, at) => (at > 12 ? changed(at - 1, other) : one)),
      'ROOT_MISMATCH: records 10 to 19',
    ],
    ['the first record dropped', () => without(0), 'SEQ_GAP: at record 0 stands record 1'],
    ['one in the middle dropped', () => without(12), 'SEQ_GAP: at record 12 stands record 13'],
    ['the last record dropped', () => lines.slice(0, -1), 'TRUNCATED: record'],
    ['one put in', () => lines.toSpliced(13, 0, line(12)), 'SEQ_GAP: at record 13 stands record 12'],
    ['two in another order', () => withLine(12, line(13)).with(14, line(12)), 'SEQ_GAP: at record 12 stands record 13'],
    ['an older export, put back', () => lines.slice(0, 16), 'TRUNCATED: records 15 to'],
    [
      'one of another account',
      () =>
        withLine(
          12,
          changed(12, (record) => ({ ...record, data: { ...record.data, accountId: 'other' } })),
        ),
      'SEQ_GAP: at record 12 stands record 12 of account other',
    ],
    [
      'another personal value',
      () => withLine(0, line(0).replace('zephyrine-works', 'zephyrine-wurks')),
      'COMMITMENT_MISMATCH: in record 0',
    ],
  ])('is tampered with, which is named: %s', async (_, tampered, expected) => {
    const { code, out } = await verify(tampered(), kept);
    expect(out).toContain(expected);
    expect(out).toContain('\nTAMPERED: ');
    expect(code).toBe(1);
  });

  it('is held against no checkpoint that is forged', async () => {
    const forged = keptAt(lines, 20).replace('\n20\n', '\n19\n');
    const { code, out } = await verify(lines, [...kept, forged]);
    expect({ code, out }).toMatchObject({
      code: 1,
      out: expect.stringContaining('BAD_SIGNATURE: kept checkpoint no. 4'),
    });
  });

  it.each<[string, () => readonly string[] | string | Uint8Array, string]>([
    ['nothing', () => '', 'there is nothing in it'],
    ['no export', () => 'seq,id\n', 'it does not begin as an export does'],
    ['a line that was edited', () => withLine(3, line(3).replace('{', '{ ')), 'line 5 is no record'],
    [
      'bytes that are no text',
      () => Buffer.concat([Buffer.from(`${lines[0] ?? ''}\n`), Buffer.of(0xff, 0x0a)]),
      'line 2 is not UTF-8',
    ],
    ['half of a packed file', () => gzipSync(lines.join('\n')).subarray(0, 900), 'it is not whole as a gzip file'],
  ])('is unusable, which is said: %s', async (_, content, expected) => {
    const { code, out } = await verify(content(), kept);
    expect(out).toContain(expected);
    expect(code).toBe(2);
  });

  it('proves itself where nobody kept a checkpoint of it, and says that this is not much', async () => {
    const { code, out } = await verify(lines, [], { checkpoint: [] });
    expect(code).toBe(0);
    expect(out).toContain(`the first ${records.length} records fit the export's own checkpoint`);
    const foreign = { key: [keyOf('somebody').verifier.text] };
    const nobodys = await verify(lines, kept, foreign);
    expect(nobodys).toMatchObject({
      code: 2,
      out: expect.stringContaining(`is signed by ${KEY.name}+${KEY.id}, a key`),
    });
    expect(await verify(lines, kept, { key: [] })).toMatchObject({ code: 2 });
    const gone = '/nowhere/gone.txt';
    const missing = await verify(lines, kept, { key: [gone] });
    expect(missing).toMatchObject({ code: 2, out: expect.stringContaining(`${gone} cannot be read`) });
  });

  it('proves nothing where no checkpoint that was kept is of it', async () => {
    const strange = signCheckpoint({ origin: 'other', size: 0, root: EMPTY_ROOT, extensions: [] }, [KEY]);
    const { code, out } = await verify(lines, [strange]);
    expect(out).toContain('no checkpoint is of this account');
    expect(code).toBe(2);
  });

  it('tells programs each finding, and the verdict last; its exit code is that of the process', async () => {
    const { out } = await verify(without(12), kept, { json: true });
    const said = linesIn(out).map((one) => JSON.parse(one));
    expect(said[0].finding).toMatchObject({ code: 'SEQ_GAP', seq: 12, found: { seq: 13, account: journey.accountId } });
    expect(said.at(-1)).toMatchObject({ verdict: 'tampered', findings: 1 });
    const file = put(
      without(12)
        .map((one) => `${one}\n`)
        .join(''),
    );
    const child = startProcess({}, [
      'audit',
      'verify',
      file,
      '--checkpoint',
      put(kept.join('')),
      '--key',
      KEY.verifier.text,
    ]);
    expect(await child.exit).toMatchObject({ code: 1 });
  });

  it('goes on from a record, and is verified from there', async () => {
    const whole = await take(journey.primary);
    const part = await take(journey.primary, 'from=15&to=25');
    expect(part.headers.get('x-audit-from')).toBe('15');
    expect(part.headers.get('x-audit-to')).toBe('25');
    expect(linesIn(part.text).slice(1)).toEqual(linesIn(whole.text).slice(16, 26));
    const checkpoints = [15, 20, 25].map((size) => keptAt(linesIn(whole.text), size));
    expect(await verify(linesIn(part.text), checkpoints)).toMatchObject({ code: 0 });
    expect(headerOf(linesIn(part.text)).start.size).toBe(15);
    const made = exportHeader({ ...headerOf(linesIn(part.text)), start: headerOf(linesIn(whole.text)).start });
    expect(await verify([made, ...linesIn(part.text).slice(1)], checkpoints)).toMatchObject({ code: 1 });
  });
});

describe('A native export that broke off', () => {
  it('is whole, and proven, with the records of the rest behind it', async () => {
    const whole = linesIn((await take(journey.primary)).text);
    const broken = whole.slice(0, 12);
    const kept = [keptAt(whole, 20)];
    expect(await verify(broken, kept)).toMatchObject({ code: 1, out: expect.stringContaining('TRUNCATED') });
    const [, ...rest] = linesIn((await take(journey.primary, 'from=11')).text);
    expect(await verify([...broken, ...rest], kept)).toMatchObject({ code: 0 });
  });
});

describe('An export in another form', () => {
  it('is OCSF, each line as the schema has it, in the version that is asked for', async () => {
    for (const version of ['1.8.0', '1.9.0'] as const) {
      const { text, headers } = await take(journey.primary, `format=ocsf&ocsfVersion=${version}`);
      const events = linesIn(text).map((line) => JSON.parse(line));
      expect(events.flatMap((event) => ocsfFaults(event, version))).toEqual([]);
      expect(events.map(({ unmapped }) => unmapped.seq)).toEqual(events.map((_, index) => index));
      expect(headers.get('content-type')).toBe('application/x-ndjson');
    }
  });

  it('is a table, of the time that is asked for', async () => {
    const whole = await take(journey.primary, 'format=csv');
    expect(whole.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-[^"]+\.csv"$/);
    const rows = whole.text.split('\r\n').slice(1, -1);
    const times = rows.map((row) => row.split(',')[2] ?? '');
    const since = times[Math.floor(times.length / 2)] ?? '';
    const part = await take(journey.primary, `format=csv&since=${since}`);
    // Its own record is one more.
    expect(part.text.split('\r\n').slice(1, -2)).toEqual(rows.filter((_, index) => (times[index] ?? '') >= since));
  });

  it('knows who was called how then', async () => {
    const { text } = await take(journey.primary, 'format=csv');
    expect(text).toContain('lucasta_fenwick');
    expect(text).toContain('lucasta_ravenscroft');
  });
});

describe('GET /audit/export', () => {
  it('is for the primary, administrators and auditors of the account, for their own trail', async () => {
    const others = await primary(service);
    const admin = await createSubUser(others.client, others.account, 'ADMIN');
    const member = await createSubUser(others.client, others.account);
    const statusOf = async (client: Client | null) => (await take(client, 'format=csv')).status;
    expect(await statusOf(await signIn(service, admin, 'BEARER'))).toBe(200);
    expect(faultIn(await take(await signIn(service, member, 'BEARER')))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    });
    expect(faultIn(await take(null))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await statusOf(journey.sam)).toBe(200);
    const own = await take(await signIn(service, admin, 'BEARER'));
    expect(own.text).not.toContain(journey.accountId);
  });

  it('is not answered to the page of another site', async () => {
    const answer = await take(journey.primary, '', { 'sec-fetch-site': 'cross-site' });
    expect(faultIn(answer)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  it.each([
    ['format=xml', 'format is one of native, ocsf, csv.'],
    ['from=-1', 'from is the seq of a record'],
    ['from=5&to=5', 'Give a from below to'],
    ['from=999999', 'Give a from below to'],
    ['since=2026-01-01T00:00:00Z', 'since and until are for ocsf and csv'],
    ['format=csv&since=yesterday', 'since is a moment with its zone'],
    ['format=csv&since=2027-11-31', 'since is a moment with its zone'],
    ['format=csv&since=2027-11-31T00:00:00Z', 'since is a moment with its zone'],
    ['format=ocsf&until=2027-02-29T00:00:00.000Z', 'until is a moment with its zone'],
    ['format=ocsf&until=2027-11-30T24:00:00.000Z', 'until is a moment with its zone'],
    ['format=ocsf&until=2027-11-30T00:00:00', 'until is a moment with its zone'],
    ['ocsfVersion=2', 'ocsfVersion is one of 1.8.0, 1.7.0, 1.9.0.'],
    ['form=csv', 'An export knows the parameters'],
    ['from=1&from=2', 'from was given more than once'],
  ])('refuses what makes no sense, says what does, and records nothing: %s', async (query, expected) => {
    const size = async () => linesIn((await take(journey.primary, 'format=ocsf')).text).length;
    const before = await size();
    const fault = faultIn(await take(journey.primary, query));
    expect(fault).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(fault.message).toContain(expected);
    expect(await size()).toBe(before + 1);
  });
});
