import { describe, expect, it } from '@jest/globals';
import type { KeptRow } from '../../bench/framework/results.js';
import { NODE_DRIVER } from '../../src/sqlite/driver.js';
import { measuredOn, resultsMarkdown, verdictOn } from '../../bench/framework/results-table.js';
import type { TargetResult } from '../../bench/framework/run.js';
import { short, spreadText } from '../../bench/framework/text.js';

function reached(median: number, bound: TargetResult['bound'], met = false): TargetResult {
  return { text: 'a target', median, minimum: median, maximum: median, met, ...(bound && { bound }) };
}

function kept(row: Partial<KeptRow> = {}): KeptRow {
  return {
    ...{ name: 'viewer', work: 'signed-in read', met: true, failure: null, rounds: 3, figures: [], targets: [] },
    measuredAt: '2026-11-28T09:36:28.168Z',
    machine: { processor: 'AMD EPYC', processors: 2, memoryGiB: 24, system: 'linux 6.18', loadAtStart: 1 },
    versions: { commit: 'c479e57', node: 'v20.20.2', sqlite: '3.53.2', 'better-auth': '1.7.25' },
    ...row,
  };
}

/** The cells of a table, without the padding. */
function cells(markdown: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('A verdict', () => {
  it('is that a target was met', () => {
    expect(verdictOn(reached(9, { atLeast: 8 }, true))).toBe('met');
  });

  it.each([
    [4, { atLeast: 8 }, 'missed by 50 %'],
    [3.634, { atLeast: 4 }, 'missed by 9 %'],
    [1.525, { atMost: 1.3 }, 'missed by 17 %'],
    [330, { atMost: 150 }, 'missed by 120 %'],
    [39, { atMost: 1.5 }, 'missed by 2,500 %'],
    // Rounded to none, it would read like a target that was met.
    [7.999, { atLeast: 8 }, 'missed by under 1 %'],
    [1.301, { atMost: 1.3 }, 'missed by under 1 %'],
    [1.314, { atMost: 1.3 }, 'missed by 1 %'],
  ] as const)('of %d, bound %j, is: %s', (median, bound, verdict) => {
    expect(verdictOn(reached(median, bound))).toBe(verdict);
  });

  it('does not say by how much where that is not known', () => {
    expect(verdictOn(reached(4, undefined))).toBe('missed');
    expect(verdictOn(reached(NaN, { atLeast: 8 }))).toBe('missed');
  });
});

describe('A number', () => {
  it.each([
    [12_365.59, '12,366'],
    [100.4, '100'],
    [48.72, '48.7'],
    [9.996, '10'],
    [0.297, '0.3'],
    [0.004, '0'],
    [NaN, '–'],
    [Infinity, '–'],
  ])('such as %d is shown as %s', (value, text) => {
    expect(short(value)).toBe(text);
  });

  it('that JSON could not keep is shown as a dash', () => {
    expect(short(JSON.parse(JSON.stringify(NaN)) as number)).toBe('–');
    expect(spreadText({ median: NaN, minimum: NaN, maximum: NaN })).toBe('–');
  });
});

describe('The table of results', () => {
  it('has a line for each figure and, beside them, for each target', () => {
    const row = kept({
      figures: [
        { figure: 'service', unit: 'a second', median: 934, minimum: 900, maximum: 1_234.5 },
        { figure: 'peer', unit: 'a second', median: 257, minimum: 257, maximum: 257 },
      ],
      targets: [{ ...reached(3.634, { atLeast: 4 }), text: '≥ 4 × peer', minimum: 3.5 }],
    });
    expect(cells(resultsMarkdown([row]))).toEqual([
      [
        '`viewer`: signed-in read',
        'service: 934 (900–1,235) a second',
        '≥ 4 × peer',
        '3.63 (3.5–3.63)',
        'missed by 9 %',
      ],
      ['', 'peer: 257 a second', '', '', ''],
    ]);
  });

  it('has a line for each target where these are more', () => {
    const row = kept({ targets: [reached(9, { atLeast: 8 }, true), reached(9, { atLeast: 8 }, true)] });
    expect(cells(resultsMarkdown([row]))).toEqual([
      ['`viewer`: signed-in read', '', 'a target', '9', 'met'],
      ['', '', 'a target', '9', 'met'],
    ]);
  });

  it('shows why a row could not be measured, as text', () => {
    const row = kept({ failure: 'an *answer* was\n`wrong`', met: false });
    expect(cells(resultsMarkdown([row]))).toEqual([
      ['`viewer`: signed-in read', "`an *answer* was 'wrong'`", '', '', 'could not be measured'],
    ]);
  });

  it('ends with what was measured on', () => {
    expect(resultsMarkdown([kept()]).split('\n').at(-1)).toBe(measuredOn([kept()]));
  });

  it('is nothing where nothing was measured', () => {
    expect(resultsMarkdown([])).toBe('');
  });
});

describe('What was measured on', () => {
  it('names the day, the machine and the versions', () => {
    expect(measuredOn([kept(), kept()])).toBe(
      'Measured on 2026-11-28 on 2 × AMD EPYC with 24 GiB and linux 6.18: ' +
        'Node.js v20.20.2, SQLite 3.53.2, service c479e57, better-auth 1.7.25.',
    );
  });

  it('names the driver of SQLite where that was kept', () => {
    const versions = { commit: 'c479e57', node: 'v24.21.0', sqlite: '3.53.4', driver: NODE_DRIVER };
    expect(measuredOn([kept({ versions })])).toContain(
      'Node.js v24.21.0, SQLite 3.53.4 by node:sqlite, service c479e57',
    );
  });

  it('names from when to when, and every version', () => {
    const older = kept({
      measuredAt: '2026-11-09T00:00:00.000Z',
      versions: { commit: '93f4421', node: 'v20.20.2', sqlite: '3.53.2' },
    });
    const text = measuredOn([kept(), older]);
    expect(text).toContain('Measured from 2026-11-09 to 2026-11-28 on ');
    expect(text).toContain('service c479e57, 93f4421, better-auth 1.7.25, unknown.');
  });
});
