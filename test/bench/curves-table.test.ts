import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepCurves, keptCurves, type Curve } from '../../bench/curves/curve.js';
import { curvesMarkdown } from '../../bench/curves/curves-table.js';
import type { Surroundings } from '../../bench/framework/results.js';

const about: Surroundings = {
  machine: { processor: 'AMD EPYC', processors: 2, memoryGiB: 24, system: 'linux 6.18', loadAtStart: 1 },
  versions: { commit: 'c479e57', node: 'v20.20.2', sqlite: '3.53.2', 'better-auth': '1.7.25' },
};

function point(events: number, median: number, [minimum, maximum] = [median, median]) {
  return { events, median, minimum, maximum };
}

const curves: readonly Curve[] = [
  {
    ...{ what: 'cold start', unit: 'ms', of: 'events in the log' },
    points: [point(10_000, 500, [450, 612.4]), point(1_000_000, 510)],
  },
  { what: 'memory', unit: 'MB', of: 'events in the log', points: [point(1_000_000, 120.4), point(100_000, 119)] },
  { what: 'command', unit: 'ms', of: 'events in the stream', points: [point(10, 1.25), point(1_000, 1.3)] },
];

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'curves-'));
  path = join(folder, 'curves.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('The tables of curves', () => {
  it('have a line for each curve and a column for each size, and end with what was measured on', () => {
    expect(curvesMarkdown({ measuredAt: '2026-11-28T09:36:28.168Z', ...about, curves })).toBe(
      `
| events in the log | 10,000        | 100,000 | 1,000,000 |
| ----------------- | ------------- | ------- | --------- |
| cold start (ms)   | 500 (450–612) | –       | 510       |
| memory (MB)       | –             | 119     | 120       |

| events in the stream | 10   | 1,000 |
| -------------------- | ---- | ----- |
| command (ms)         | 1.25 | 1.3   |

Measured on 2026-11-28 on 2 × AMD EPYC with 24 GiB and linux 6.18: Node.js v20.20.2, SQLite 3.53.2, service c479e57, better-auth 1.7.25.
`.trim(),
    );
  });

  it('are none where nothing was measured', () => {
    expect(keptCurves(path)).toBeNull();
    expect(curvesMarkdown(null)).toBe('');
  });

  it('are made from what was kept last', () => {
    keepCurves(path, curves.slice(0, 1), about);
    keepCurves(path, curves, about);
    const kept = keptCurves(path);
    expect(kept?.curves).toEqual(curves);
    expect(kept).toMatchObject(about);
    expect(curvesMarkdown(kept)).toContain('| memory (MB) ');
  });
});
