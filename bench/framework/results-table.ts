import { markdownTable, verbatim, type Line } from './markdown.js';
import type { KeptRow, Surroundings } from './results.js';
import type { TargetResult } from './run.js';
import { short, spreadText } from './text.js';

/** By what share of its bound a target was missed; NaN where the bound was not kept. */
function missedBy({ median, bound }: TargetResult): number {
  if (bound === undefined) return NaN;
  const wanted = 'atLeast' in bound ? bound.atLeast : bound.atMost;
  return Math.abs(median - wanted) / Math.abs(wanted);
}

/** Whether a target was met, and if not, by how much of its bound it was missed. */
export function verdictOn(target: TargetResult): string {
  if (target.met) return 'met';
  const percent = 100 * missedBy(target);
  if (!Number.isFinite(percent)) return 'missed';
  return percent < 1 ? 'missed by under 1 %' : `missed by ${short(Math.round(percent))} %`;
}

function targetCells(target: TargetResult | undefined): Line {
  return target === undefined ? ['', '', ''] : [target.text, spreadText(target), verdictOn(target)];
}

/** A line for each figure, and beside them one for each target. */
function linesOf({ name, work, failure, figures, targets }: KeptRow): readonly Line[] {
  const title = `\`${name}\`: ${work}`;
  if (failure !== null) return [[title, verbatim(failure), '', '', 'could not be measured']];
  return Array.from({ length: Math.max(figures.length, targets.length, 1) }, (_, index) => {
    const figure = figures[index];
    const measured = figure === undefined ? '' : `${figure.figure}: ${spreadText(figure)} ${figure.unit}`;
    return [index === 0 ? title : '', measured, ...targetCells(targets[index])];
  });
}

function distinct(texts: readonly string[]): string {
  return [...new Set(texts)].join(', ');
}

/** When something was measured, and on what. */
export function measuredOn(measured: readonly ({ readonly measuredAt: string } & Surroundings)[]): string {
  const days = measured.map(({ measuredAt }) => measuredAt.slice(0, 10)).sort();
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const machines = measured.map(
    ({ machine }) => `${machine.processors} × ${machine.processor} with ${machine.memoryGiB} GiB and ${machine.system}`,
  );
  const version = (name: string) => distinct(measured.map(({ versions }) => versions[name] ?? 'unknown'));
  const sqlite = distinct(
    measured.map(({ versions: { sqlite: found = 'unknown', driver } }) =>
      driver === undefined ? found : `${found} by ${driver}`,
    ),
  );
  return [
    `Measured ${first === last ? `on ${first}` : `from ${first} to ${last}`} on ${distinct(machines)}:`,
    `Node.js ${version('node')}, SQLite ${sqlite}, service ${version('commit')}, better-auth ${version('better-auth')}.`,
  ].join(' ');
}

/** The results as Markdown: a table, and what they were measured on; nothing where there are none. */
export function resultsMarkdown(rows: readonly KeptRow[]): string {
  if (rows.length === 0) return '';
  const table = markdownTable(['work', 'measured', 'target', 'reached', 'verdict'], rows.flatMap(linesOf));
  return `${table}\n\n${measuredOn(rows)}`;
}
