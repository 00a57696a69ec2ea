import { recordHash } from '../leaf.js';
import type { AuditRecord } from '../record.js';
import { sentenceNamesOf, sentenceOf } from '../sentence.js';
import type { ReadableEvent } from './readable.js';

/** An event of a trail as a row of a table is made of it. */
export interface CsvSource {
  readonly record: AuditRecord;
  readonly readable: ReadableEvent;
}

type Cell = string | number | null;

/** The columns in their order. New ones are added behind; none goes or changes its meaning. */
const COLUMNS: Readonly<Record<string, (source: CsvSource) => Cell>> = {
  seq: ({ record }) => record.seq,
  id: ({ record }) => record.id,
  occurredAt: ({ record }) => record.metadata.occurredAt,
  type: ({ record }) => record.type,
  category: ({ readable }) => readable.category,
  outcome: ({ readable }) => readable.outcome,
  reason: ({ readable }) => readable.reason,
  actorKind: ({ record }) => record.metadata.actor.kind,
  actorId: ({ record }) => record.metadata.actor.id,
  actorName: ({ readable }) => readable.actorName,
  subjectId: ({ readable }) => readable.subjectId,
  subjectName: ({ readable }) => readable.subjectName,
  deviceId: ({ readable }) => readable.deviceId,
  deviceName: ({ readable }) => readable.deviceName,
  sessionId: ({ record }) => record.metadata.sessionId,
  requestId: ({ record }) => record.metadata.requestId,
  ip: ({ readable }) => readable.ip,
  userAgent: ({ readable }) => readable.userAgent,
  summary: ({ record, readable }) => sentenceOf(record.type, sentenceNamesOf(readable)),
  // In hexadecimal: base64 may begin with a plus sign, before which an apostrophe would stand.
  hash: ({ record }) => Buffer.from(recordHash(record)).toString('hex'),
};

// OWASP, "CSV Injection": what a spreadsheet may take for the beginning of a formula, full-width forms too.
const LEADING = /^[\t\r\n]/;
/** Behind each separator that spreadsheets know, whatever theirs is set to; a quote there may open a cell, and mean nothing. */
const FORMULA = /(^|[,;|\t\r\n ])("*)(?=[=+\-@＝＋－＠])/g;

/** A cell as it stands in a row (RFC 4180 section 2); before what looks like a formula stands an apostrophe. */
function cellOf(cell: Cell): string {
  const text = String(cell ?? '');
  const harmless = LEADING.test(text) ? `'${text}` : text.replaceAll(FORMULA, "$1$2'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function rowOf(cells: readonly Cell[]): string {
  return cells.map(cellOf).join(',');
}

/** The first row: the names of the columns. Rows end in CR LF, which is not part of them here. */
export const CSV_HEADER = rowOf(Object.keys(COLUMNS));

/** The row of an event of a trail. */
export function csvRow(source: CsvSource): string {
  return rowOf(Object.values(COLUMNS).map((column) => column(source)));
}
