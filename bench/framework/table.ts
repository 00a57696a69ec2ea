import Table from 'cli-table3';
import type { RowResult } from './run.js';
import { spreadText } from './text.js';

function figuresOf({ failure, figures }: RowResult): string {
  if (failure !== null) return `could not be measured: ${failure}`;
  return figures.map((figure) => `${figure.figure}: ${spreadText(figure)} ${figure.unit}`).join('\n');
}

function targetsOf({ targets }: RowResult): string {
  return targets.map((target) => `${target.text}: ${spreadText(target)}`).join('\n');
}

function verdictsOf({ targets, met }: RowResult): string {
  if (targets.length === 0) return met ? 'met' : '-';
  return targets.map((target) => (target.met ? 'met' : 'NOT MET')).join('\n');
}

/** The table of a run: medians, with minimum and maximum in brackets. */
export function tableOf(results: readonly RowResult[]): string {
  const table = new Table({
    head: ['work', 'measured', 'target: reached', 'verdict'],
    colWidths: [30, 62, 62, 10],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const result of results) {
    table.push([`${result.name}\n${result.work}`, figuresOf(result), targetsOf(result), verdictsOf(result)]);
  }
  return table.toString();
}
