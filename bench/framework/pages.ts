import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, ROOT } from '../support/paths.js';
import { keptCurves } from '../curves/curve.js';
import { curvesMarkdown } from '../curves/curves-table.js';
import { withSection } from './markdown.js';
import { keptResults } from './results.js';
import { resultsMarkdown } from './results-table.js';

/** A section of a page that shows what was measured. */
export interface MeasuredSection {
  /** From the root of the repository. */
  readonly page: string;
  /** Of its markers. */
  readonly name: string;
  /** What it must hold, from the figures that are kept. */
  readonly content: () => string;
}

/** Every section that shows what was measured. */
export const measuredSections: readonly MeasuredSection[] = [
  { page: 'README.md', name: 'bench', content: () => resultsMarkdown(keptResults(join(BENCH, 'results.json'))) },
  {
    page: 'docs/performance.md',
    name: 'curves',
    content: () => curvesMarkdown(keptCurves(join(BENCH, 'curves.json'))),
  },
];

/** Brings every page up to the figures that are kept. */
export function writePages(): void {
  for (const { page, name, content } of measuredSections) {
    const path = join(ROOT, page);
    writeFileSync(path, withSection(readFileSync(path, 'utf8'), name, content()));
  }
}
