import { describe, expect, it } from '@jest/globals';
import { CSV_HEADER, csvRow } from '../../../src/audit/export/csv.js';
import { recordHash } from '../../../src/audit/leaf.js';
import { fixtureOf, sourceOf, trailFixtures } from './given.js';

/** Reads a row as RFC 4180 has it. */
function cellsOf(row: string): readonly string[] {
  const cells = row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g);
  return [...cells].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

const columns = cellsOf(CSV_HEADER);

/** What stands in a column of the row of an event. */
function cell(column: string, row: string): string | undefined {
  return cellsOf(row)[columns.indexOf(column)];
}

const enabled = (readable: Parameters<typeof sourceOf>[1] = {}) => csvRow(sourceOf(fixtureOf('MfaEnabled'), readable));

describe('A table of a trail', () => {
  it('has columns that stay where they are', () => {
    expect(CSV_HEADER).toBe(
      'seq,id,occurredAt,type,category,outcome,reason,actorKind,actorId,actorName,subjectId,subjectName,deviceId,' +
        'deviceName,sessionId,requestId,ip,userAgent,summary,hash',
    );
  });

  it.each(trailFixtures.map((fixture) => [fixture.event.type, fixture] as const))(
    'has a row for %s',
    (type, fixture) => {
      const source = sourceOf(fixture);
      const row = csvRow(source);
      expect(cellsOf(row)).toHaveLength(columns.length);
      expect(cell('type', row)).toBe(type);
      expect(cell('hash', row)).toBe(Buffer.from(recordHash(source.record)).toString('hex'));
    },
  );

  it('says what happened in a sentence', () => {
    expect(cell('summary', enabled())).toContain('of sam was enabled');
  });

  it('leaves a cell empty where nothing is known', () => {
    expect(cell('ip', enabled({ ip: null }))).toBe('');
  });

  it.each(['a,b', 'a "b"', 'a\r\nb', 'a\nb', '„é“ 中'])('gives back a text as it was: %j', (name) => {
    expect(cell('deviceName', enabled({ deviceName: name }))).toBe(name);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1'])(
    'has an apostrophe before what a spreadsheet may take for a formula: %j',
    (name) => {
      expect(cell('userAgent', enabled({ userAgent: name }))).toBe(`'${name}`);
    },
  );

  it.each([
    ["x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"],
    ['x,=1', "x,'=1"],
    ['x\t+1', "x\t'+1"],
    ['x|-1', "x|'-1"],
    ['x @SUM(A1)', "x '@SUM(A1)"],
    ['x\n=1', "x\n'=1"],
    ['x\r\n=1', "x\r\n'=1"],
    ['x; =1', "x; '=1"],
    ['x;"=1"', 'x;"\'=1"'],
    ['"=1', '"\'=1'],
    ['x;＝1', "x;'＝1"],
    ['a;=1;+2;b', "a;'=1;'+2;b"],
    [';;=1', ";;'=1"],
  ])('has one behind whatever a spreadsheet may take for the end of a cell, too: %j', (name, harmless) => {
    expect(cell('userAgent', enabled({ userAgent: name }))).toBe(harmless);
  });

  it.each(['Mozilla/5.0 (X11; Linux x86_64) a-b c=d e+f g@h', 'x;y', 'a; b', '2026-01-01', "'=1"])(
    'leaves what is no formula: %j',
    (name) => {
      expect(cell('userAgent', enabled({ userAgent: name }))).toBe(name);
    },
  );
});
