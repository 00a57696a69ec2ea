import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/rules.md', ROOT), 'utf8');

/** All of them. */
const RULES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];

interface Rule {
  readonly number: number;
  readonly text: string;
}

const rules: readonly Rule[] = page
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ number: Number.parseInt(text, 10), text }));

function testsOf({ text }: Rule): readonly (readonly [string, string])[] {
  return [...text.matchAll(/^- `([^`]+)`: `([^`]+)`$/gm)].map(([, file = '', name = '']) => [file, name] as const);
}

/** Whether a file has a test, or a row of a table of tests, of this name. */
function hasTest(file: string, name: string): boolean {
  const path = new URL(file, ROOT);
  if (!existsSync(path)) return false;
  const source = readFileSync(path, 'utf8');
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
}

describe('The page on rules', () => {
  it('has every rule that holds, in its order', () => {
    expect(rules.map(({ number }) => number)).toEqual(RULES);
  });

  it.each(rules.map((rule) => [rule.number, rule] as const))(
    'shows rule %i by tests, and by nothing else',
    (_, rule) => {
      const items = rule.text.match(/^- .*$/gm) ?? [];
      expect(items.length).toBeGreaterThan(0);
      expect(testsOf(rule)).toHaveLength(items.length);
    },
  );

  it.each(rules.flatMap(testsOf))('names a test that is there: %s, "%s"', (file, name) => {
    expect(hasTest(file, name)).toBe(true);
  });

  it('would notice a test that is not', () => {
    expect(hasTest('test/docs/rules.test.ts', ['no', 'such', 'test'].join(' '))).toBe(false);
    expect(hasTest('test/no/such.test.ts', 'is never plain')).toBe(false);
  });
});
