import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { markdownTable, sectionOf, verbatim, withSection } from '../../bench/framework/markdown.js';

const PAGE = 'Before.\n\n<!-- bench -->\n\nOld.\n\n<!-- /bench -->\n\nAfter.\n';

describe('A table in Markdown', () => {
  it('has columns as wide as their widest cell', () => {
    expect(markdownTable(['work', 'a'], [['≥ 8 × peer', '1']])).toBe(
      ['| work       | a   |', '| ---------- | --- |', '| ≥ 8 × peer | 1   |'].join('\n'),
    );
  });

  it('keeps a cell in its place, whatever is in it', () => {
    expect(markdownTable(['work'], [['one | other\nand more']])).toBe(
      ['| work                  |', '| --------------------- |', '| one \\| other and more |'].join('\n'),
    );
  });

  it('fills up lines that end early', () => {
    expect(markdownTable(['one', 'two'], [['1']])).toContain('| 1   |     |');
  });

  it('is what the formatter would write', async () => {
    const table = markdownTable(
      ['work', 'measured', 'reached'],
      [
        ['`viewer`: read', 'service: 12.5 (9–14) a second', '≥ 50 % of bare Apollo'],
        ['', verbatim('*no* `token` __typename | {"a":\n 1}'), ''],
      ],
    );
    const page = withSection(PAGE, 'bench', table);
    expect(await format(page, { parser: 'markdown', printWidth: 120 })).toBe(page);
  });
});

describe('A section of a page', () => {
  it('is what stands between its markers', () => {
    expect(sectionOf(PAGE, 'bench')).toBe('Old.');
  });

  it('takes the place of what was there, and of nothing else', () => {
    const page = withSection(PAGE, 'bench', 'New.');
    expect(page).toBe(PAGE.replace('Old.', 'New.'));
    expect(withSection(page, 'bench', 'New.')).toBe(page);
  });

  it('can be empty, as the formatter would write it', async () => {
    const page = withSection(PAGE, 'bench', '');
    expect(sectionOf(page, 'bench')).toBe('');
    expect(await format(page, { parser: 'markdown' })).toBe(page);
  });

  it.each([['no markers'], ['<!-- bench --> only'], ['<!-- /bench --> before <!-- bench -->']])(
    'is not looked for in a page with %s',
    (page) => {
      expect(() => sectionOf(page, 'bench')).toThrow('<!-- bench -->');
      expect(() => withSection(page, 'bench', 'New.')).toThrow('<!-- bench -->');
    },
  );
});
