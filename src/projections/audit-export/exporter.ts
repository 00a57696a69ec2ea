import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TrailEvent } from '../../audit/export/ocsf/mapping.js';
import type { OcsfVersion } from '../../audit/export/ocsf/activities.js';
import { ocsfLine } from '../../audit/export/ocsf/ocsf-event.js';
import { CSV_HEADER, csvRow } from '../../audit/export/csv.js';
import { exportHeader } from '../../audit/export/header.js';
import { exportLine } from '../../audit/export/line.js';
import { frontierAt } from '../../audit/merkle/tree.js';
import type { ExportFormat } from '../../domain/account/events.js';
import type { EventLog } from '../../eventstore/event-log.js';
import type { ReadRecord, TrailReader } from '../audit-tree/trail-reader.js';
import type { AuditEventView } from '../audit/audit-view.js';
import type { Span } from '../audit/trails.js';
import type { ReadModels } from '../read-models.js';

/** A part of an account's trail, in a form. */
export interface ExportRequest {
  readonly accountId: string;
  readonly format: ExportFormat;
  readonly from: number;
  /** Excluded; the trail has at least so many records. */
  readonly to: number;
  /** Only events of this span of time; not for native exports, whose proofs need the records without gaps. */
  readonly span: Span;
  readonly ocsfVersion: OcsfVersion;
  /** Signed checkpoints that a native export hands out; none is larger than `to`. */
  readonly checkpoints: readonly string[];
}

/** What an export is made of. */
export interface ExporterOptions {
  readonly log: Pick<EventLog, 'decode' | 'openings'>;
  readonly records: TrailReader;
  readonly readModels: Pick<ReadModels, 'audit' | 'trees'>;
  /** Which log the checkpoints of an account are of. */
  readonly originOf: (accountId: string) => string;
}

/** The read models do not have what they were said to have; they are rebuilt, say. */
export class ExportInterruptedError extends Error {
  readonly code = 'UNAVAILABLE';
}

/** Records that are read, opened and written at once: what an export holds in memory. */
const AT_ONCE = 200;

async function* inChunks(records: AsyncIterable<ReadRecord>): AsyncGenerator<readonly ReadRecord[]> {
  let chunk: ReadRecord[] = [];
  for await (const record of records) {
    chunk.push(record);
    if (chunk.length < AT_ONCE) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function interrupted(accountId: string, seq: number): ExportInterruptedError {
  return new ExportInterruptedError(`the read models have no event ${seq} of account ${accountId} just now`);
}

async function* native(options: ExporterOptions, request: ExportRequest): AsyncGenerator<string> {
  const { log, records, readModels, originOf } = options;
  const { accountId, from, to, checkpoints } = request;
  const start = frontierAt(readModels.trees.nodesOf(accountId), from);
  yield `${exportHeader({ account: accountId, origin: originOf(accountId), start, checkpoints })}\n`;
  let next = from;
  for await (const chunk of inChunks(records.recordsOf(accountId, from, to))) {
    const openings = await log.openings(chunk.map(({ stored }) => stored));
    yield chunk.map(({ record }, index) => `${exportLine(record, openings[index] ?? [])}\n`).join('');
    next += chunk.length;
  }
  if (next !== to) throw interrupted(accountId, next);
}

function isWithin({ occurredAt }: AuditEventView, { since, until }: Span): boolean {
  return (since === undefined || occurredAt >= since) && (until === undefined || occurredAt < until);
}

/** An event with what people read of it. */
interface Read extends ReadRecord {
  readonly readable: AuditEventView;
  readonly event: TrailEvent;
}

async function readOf(options: ExporterOptions, accountId: string, views: readonly AuditEventView[]): Promise<Read[]> {
  const [first, last] = [views[0], views.at(-1)];
  if (first === undefined || last === undefined) return [];
  const bySeq = new Map(views.map((view) => [view.seq, view]));
  const read: { readonly found: ReadRecord; readonly readable: AuditEventView }[] = [];
  for await (const found of options.records.recordsOf(accountId, first.seq, last.seq + 1)) {
    const readable = bySeq.get(found.record.seq);
    if (readable !== undefined) read.push({ found, readable });
  }
  if (read.length !== views.length) throw interrupted(accountId, first.seq);
  const events = await options.log.decode(read.map(({ found }) => found.stored));
  // What stands in a trail is an event of a trail.
  return read.map(({ found, readable }, index) => ({ ...found, readable, event: events[index] as TrailEvent }));
}

/** The events of a part with what people read of them, some at a time; those of another time are passed over. */
async function* readable(options: ExporterOptions, request: ExportRequest): AsyncGenerator<readonly Read[]> {
  const { accountId, from, to, span } = request;
  for (let seq = from; seq < to;) {
    const views = options.readModels.audit.following(accountId, {}, seq - 1, Math.min(AT_ONCE, to - seq));
    const last = views.at(-1);
    if (last === undefined) throw interrupted(accountId, seq);
    yield await readOf(
      options,
      accountId,
      views.filter((view) => isWithin(view, span)),
    );
    seq = last.seq + 1;
  }
}

async function* ocsf(options: ExporterOptions, request: ExportRequest): AsyncGenerator<string> {
  for await (const chunk of readable(options, request))
    yield chunk.map((read) => `${ocsfLine(read, request.ocsfVersion)}\n`).join('');
}

async function* csv(options: ExporterOptions, request: ExportRequest): AsyncGenerator<string> {
  yield `${CSV_HEADER}\r\n`;
  for await (const chunk of readable(options, request)) yield chunk.map((read) => `${csvRow(read)}\r\n`).join('');
}

const FORMS = { NATIVE: native, OCSF: ocsf, CSV: csv } as const;

/**
 * Writes a part of a trail as text, some records at a time: it reads the log when more is asked for, and stops as soon as nobody
 * asks any more. @throws {EventStoreError} @throws {RecordMissingError} @throws {ExportInterruptedError}
 * @param isWanted asked where a long part has nothing to be written: whoever has gone away asks for nothing, and says nothing
 */
export async function* exportTrail(
  options: ExporterOptions,
  request: ExportRequest,
  isWanted: () => boolean = () => true,
): AsyncGenerator<string> {
  for await (const text of FORMS[request.format](options, request)) {
    if (text !== '') yield text;
    else if (!isWanted()) return;
    // Others have their turn, also where nothing is waited for: read models answer at once.
    await nextTurn();
  }
}
