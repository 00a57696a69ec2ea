import Table from 'cli-table3';
import type { TrailEvent } from './expectations.js';

const HEAD = ['seq', 'UTC', 'type', 'actor', 'subject', 'outcome', 'reason'];

/** Columns of cells that fit into 80 with the lines between them; names and reasons are cut. */
const NARROW = [3, 8, 25, 9, 9, 7, 11];
const LINES = HEAD.length + 1;

function rowOf({ seq, occurredAt, type, actor, subject, outcome, reason }: TrailEvent): string[] {
  const time = new Date(occurredAt).toISOString().slice(11, 19);
  const nobody = actor.kind === 'ANONYMOUS' ? '(not signed in)' : `(${actor.kind.toLowerCase()})`;
  return [String(seq), time, type, actor.name ?? nobody, subject?.name ?? '', outcome, reason ?? ''];
}

function widthOf(rows: readonly string[][]): number {
  const cells = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return cells.reduce((sum, cell) => sum + cell + 2, LINES);
}

/** The events as a table, one a line, without colours; where there are fewer columns than that takes, names are cut. */
export function trailTable(events: readonly TrailEvent[], columns: number): string {
  const rows = events.map(rowOf);
  const width = widthOf([HEAD, ...rows]);
  const isNarrow = width > columns;
  const padding = isNarrow ? { 'padding-left': 0, 'padding-right': 0 } : {};
  const table = new Table({
    ...{ head: HEAD, colAligns: ['right'] },
    style: { head: [], border: [], compact: true, ...padding },
    ...(isNarrow && { colWidths: NARROW }),
  });
  table.push(...rows);
  const hint = `\n   Some names are cut: in a window of ${width} columns the table is whole.`;
  return `${table.toString()}${isNarrow ? hint : ''}`;
}
