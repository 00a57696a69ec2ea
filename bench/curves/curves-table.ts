import { markdownTable } from '../framework/markdown.js';
import { measuredOn } from '../framework/results-table.js';
import { spreadText } from '../framework/text.js';
import type { Curve, KeptCurves } from './curve.js';

/** Those whose events are counted in the same place, by size: a line for each. */
function tableOf(of: Curve['of'], curves: readonly Curve[]): string {
  const same = curves.filter((curve) => curve.of === of);
  const sizes = [...new Set(same.flatMap(({ points }) => points.map(({ events }) => events)))].sort((a, b) => a - b);
  const lines = same.map(({ what, unit, points }) => {
    const at = (size: number) => {
      const point = points.find(({ events }) => events === size);
      return point === undefined ? '–' : spreadText(point);
    };
    return [`${what} (${unit})`, ...sizes.map(at)];
  });
  return markdownTable([of, ...sizes.map((size) => size.toLocaleString('en'))], lines);
}

/** The curves as Markdown: a table for each place in which events are counted, and what they were measured on; nothing where there are none. */
export function curvesMarkdown(kept: KeptCurves | null): string {
  if (kept === null) return '';
  const places = [...new Set(kept.curves.map(({ of }) => of))];
  return [...places.map((of) => tableOf(of, kept.curves)), measuredOn([kept])].join('\n\n');
}
