import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepResults, keptResults, type Surroundings } from '../../bench/framework/results.js';
import type { RowResult } from '../../bench/framework/run.js';

const names = ['append', 'viewer', 'memory'];
const about: Surroundings = {
  machine: { processor: 'AMD EPYC', processors: 2, memoryGiB: 24, system: 'linux 6.18', loadAtStart: 1 },
  versions: { commit: 'c479e57' },
};

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'results-'));
  path = join(folder, 'results.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

function measured(name: string, rounds = 3): RowResult {
  return { name, work: 'work', met: true, failure: null, rounds, figures: [], targets: [] };
}

describe('Results', () => {
  it('are none where there is no file', () => {
    expect(keptResults(path)).toEqual([]);
  });

  it('stay where a row was not measured again, in the order of the rows', () => {
    keepResults(path, [measured('memory'), measured('append', 1)], { names, about });
    keepResults(path, [measured('viewer'), measured('append', 2)], { names, about });
    expect(keptResults(path).map(({ name, rounds }) => [name, rounds])).toEqual([
      ['append', 2],
      ['viewer', 3],
      ['memory', 3],
    ]);
    expect(keptResults(path)[0]).toMatchObject(about);
  });

  it('go with a row that there is no longer', () => {
    keepResults(path, [measured('memory'), measured('viewer')], { names, about });
    keepResults(path, [measured('append')], { names: ['append', 'viewer'], about });
    expect(keptResults(path).map(({ name }) => name)).toEqual(['append', 'viewer']);
  });
});
