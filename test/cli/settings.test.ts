import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { findMisspellings, SETTINGS } from '../../src/cli/settings.js';
import { SETTING_NAMES } from '../../src/config.js';

/** What a cell of a table says without its marks. */
function plain(cell: string): string {
  return cell
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .trim();
}

/** The settings table of README.md. */
function rowsOfReadme() {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| (`[A-Z_`, ]+`) +\| (.*?) +\| (.*?) +\|$/gm)];
  return rows.flatMap(([, names = '', meaning = '', otherwise = '']) =>
    (names.match(/[A-Z_]+/g) ?? []).map((name) => ({ name, meaning: plain(meaning), otherwise: plain(otherwise) })),
  );
}

describe('The settings that `serve --help` lists', () => {
  it('are those that the service reads', () => {
    expect(SETTINGS.map(({ name }) => name).toSorted()).toEqual(SETTING_NAMES.toSorted());
  });

  it('are told as README.md tells them', () => {
    expect(SETTINGS).toEqual(rowsOfReadme());
  });
});

describe('A variable whose name is one letter away from that of a setting', () => {
  it.each([
    ['two letters exchanged', 'PROT', 'PORT'],
    ['two letters exchanged at the end', 'POTR', 'PORT'],
    ['a letter too few', 'LOG_LEVE', 'LOG_LEVEL'],
    ['a letter too few in between', 'PUBLICURL', 'PUBLIC_URL'],
    ['a letter too many', 'PORTS', 'PORT'],
    ['a letter too many at the beginning', 'XHOST', 'HOST'],
    ['another letter', 'KEY_RINK', 'KEY_RING'],
    ['another last letter', 'HOSS', 'HOST'],
    ['two other letters', 'HOME', undefined],
    ['no letter in common', 'PATH', undefined],
    ['small letters', 'port', undefined],
    ['nothing wrong', 'PORT', undefined],
  ])('is found with %s: %s', (_, name, meant) => {
    expect(findMisspellings({ [name]: 'x' })).toEqual(meant === undefined ? [] : [{ name, meant }]);
  });
});
