import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sectionOf } from '../../bench/framework/markdown.js';
import { measuredSections } from '../../bench/framework/pages.js';
import { ROOT } from '../../bench/support/paths.js';

describe('What the pages show as measured', () => {
  it.each(measuredSections.map((section) => [section.page, section] as const))(
    'is in %s what the bench has kept; `npm run bench -- --table` writes it anew',
    (_, { page, name, content }) => {
      expect(sectionOf(readFileSync(join(ROOT, page), 'utf8'), name)).toBe(content());
    },
  );
});
