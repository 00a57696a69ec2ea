import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { exportOf, KEY, kept, lines, lineOf, replaced, trail } from '../audit/verification/given.js';
import { startProcess, temporaryFolder } from '../support/process.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function put(name: string, content: readonly string[] | string): string {
  const path = join(folder.path, name);
  writeFileSync(path, typeof content === 'string' ? content : content.map((line) => `${line}\n`).join(''));
  return path;
}

const whole = put('whole.ndjson', lines);
const changed = put('changed.ndjson', lines.with(lineOf(5), replaced(lines[lineOf(5)], 'SIGN_IN', 'OPERATION')));
const bare = put('bare.ndjson', exportOf({ ...trail, openings: trail.openings.map(() => []) }));
const checkpoints = put('kept.txt', kept.join(''));
const key = KEY.verifier.text;

async function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { exit, out, err } = startProcess({ DATA_DIR: folder.path, ...environment }, ['audit', 'verify', ...args]);
  const { code } = await exit;
  return { code, out: out(), err: err() };
}

describe('`audit verify` exits with', () => {
  it('0 for what is sound, and counts the personal values that are not given', async () => {
    expect(await run([whole, '--checkpoint', checkpoints, '--key', key])).toMatchObject({ code: 0, err: '' });
    expect(await run([bare, '--checkpoint', checkpoints, '--key', key])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^warning: 39 of 39 commitments to personal values have no values: .*\nSOUND: /),
    });
  });

  it('1 for what was changed, of which no sentence vouches', async () => {
    const { code, out } = await run([changed, '--checkpoint', checkpoints, '--key', key]);
    expect(code).toBe(1);
    expect(out).toMatch(/^HASH_MISMATCH: record 5 was changed/);
    expect(out.split('\n').at(-2)).toBe(
      'TAMPERED: this is not the trail that was signed; nothing is proven (40 records read)',
    );
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no key', [whole, '--checkpoint', checkpoints], /a key that was not given/],
    [
      'another key',
      [whole, '--checkpoint', checkpoints, '--key', `x${key}`],
      /its id is c1e7076d|is c1e7076d|would be/,
    ],
    [
      'a file of keys that is not there',
      [whole, '--checkpoint', checkpoints, '--key', 'keys.txt'],
      /keys\.txt cannot be read/,
    ],
    ['a checkpoint that is not there', [whole, '--checkpoint', 'gone.txt', '--key', key], /gone\.txt cannot be read/],
    ['an export that is not there', ['gone.ndjson', '--key', key], /gone\.ndjson cannot be read/],
    ['nothing to verify', [], /give the file of an export, or --store/],
    ['an option that there is not', [whole, '--frobnicate'], /unknown option/],
    ['two files', [whole, changed], /too many arguments/],
  ])('2 for %s', async (_, args, said) => {
    const { code, out, err } = await run(args);
    expect(out + err).toMatch(said);
    expect([code, out]).toEqual([2, expect.not.stringContaining('TAMPERED')]);
  });

  it('2 for settings that make no sense, and for a log that is not there', async () => {
    expect(await run(['--store'], { PORT: 'x' })).toMatchObject({ code: 2, err: expect.stringContaining('PORT') });
    expect(await run(['--store'])).toMatchObject({ code: 2, out: expect.stringContaining('the event log') });
  });
});
