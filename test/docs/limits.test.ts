import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { OPEN_LIMITS } from '../../src/application/open-limits.js';
import { REQUEST_BUDGETS } from '../../src/application/request-budgets.js';

const ROOT = new URL('../../', import.meta.url);

/** The cells of the rows of a page's tables. */
function rowsOf(page: string): readonly (readonly string[])[] {
  const lines = readFileSync(new URL(page, ROOT), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('| ')).map((line) => line.split('|').map((cell) => cell.trim()));
}

const [limits, readme] = [rowsOf('docs/limits.md'), rowsOf('README.md')];

describe('Every budget of requests', () => {
  it.each(Object.values(REQUEST_BUDGETS))(
    'stands with its default in docs/limits.md and in README.md: $variable',
    ({ variable, perMinute }) => {
      const row = limits.find((cells) => cells.includes(`\`${variable}\``));
      expect(row?.[3]?.replace(',', '')).toBe(String(perMinute));
      const setting = readme.find((cells) => cells.includes(`\`${variable}\``));
      expect(setting?.[3]?.replaceAll(/[`,]/g, '')).toBe(String(perMinute));
    },
  );

  it('is one that the service has: the page names no other', () => {
    const named = limits.flatMap((cells) => cells.filter((cell) => /^`[A-Z_]+_PER_MINUTE_PER_[A-Z_]+`$/.test(cell)));
    const declared = Object.values(REQUEST_BUDGETS).map(({ variable }) => `\`${variable}\``);
    expect(named.toSorted()).toEqual(declared.toSorted());
  });
});

describe('Every limit of what may be open at the same time', () => {
  it.each(Object.values(OPEN_LIMITS))(
    'stands with its default in docs/limits.md and in README.md: $variable',
    ({ variable, most }) => {
      const row = limits.find((cells) => cells.includes(`\`${variable}\``));
      expect(row?.[3]?.replace(',', '')).toBe(String(most));
      const setting = readme.find((cells) => cells.includes(`\`${variable}\``));
      expect(setting?.[3]?.replaceAll(/[`,]/g, '')).toBe(String(most));
    },
  );
});
