import Table from 'cli-table3';
import type { TrailEvent } from './expectations.js';

const HEAD = ['seq', 'time (UTC)', 'type', 'actor', 'subject', 'outcome', 'reason'];

function rowOf({ seq, occurredAt, type, actor, subject, outcome, reason }: TrailEvent): string[] {
  const time = new Date(occurredAt).toISOString().slice(11, 23);
  const nobody = actor.kind === 'ANONYMOUS' ? '(not signed in)' : `(${actor.kind.toLowerCase()})`;
  return [String(seq), time, type, actor.name ?? nobody, subject?.name ?? '', outcome, reason ?? ''];
}

/** The events as a table for a terminal, one a line, without colours. */
export function trailTable(events: readonly TrailEvent[]): string {
  const table = new Table({
    head: HEAD,
    colAligns: ['right'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...events.map(rowOf));
  return table.toString();
}
