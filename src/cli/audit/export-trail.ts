import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { accountNamed } from '../../application/account-recovery.js';
import { byOperator, exportAuditTrail, type ExportedPart } from '../../application/export-audit-trail.js';
import type { RequestContext } from '../../application/request-context.js';
import type { OcsfVersion } from '../../audit/export/ocsf/activities.js';
import { keepCheckpoints } from '../../composition/checkpoints.js';
import { clockOf } from '../../composition/clock.js';
import { openReadSide, type ReadSide } from '../../composition/read-side.js';
import { openStorage, type Storage } from '../../composition/storage.js';
import type { Config } from '../../config.js';
import type { ExportFormat } from '../../domain/account/events.js';
import { exportTrail, type ExportRequest } from '../../projections/audit-export/exporter.js';
import { createTrailReader } from '../../projections/audit-tree/trail-reader.js';
import { counted } from '../counted.js';
import { openProgress, type Progress } from '../progress.js';
import type { Output } from '../terminal.js';
import { UnusableInputError } from './input.js';

/** What is taken out. */
export interface ExportTrailOptions {
  /** The account's id, or its alias. */
  readonly account: string;
  readonly format: ExportFormat;
  readonly from: number;
  readonly ocsfVersion: OcsfVersion;
  /** The file, which must not be there; null: standard output. */
  readonly output: string | null;
}

/** Where it goes. */
export interface ExportTarget {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: Output;
}

const WAIT = 200;

/** Waits until the read models know all that was in the log at the start. */
async function catchUp({ store }: Storage, { runner, refuseOtherLog }: ReadSide, progress: Progress): Promise<void> {
  const head = await store.head();
  await refuseOtherLog(head);
  while (!(await runner.reached(head, WAIT))) {
    const [halted] = runner.status().halted;
    if (halted !== undefined)
      throw new UnusableInputError(`the read model ${halted.projection} has halted: ${halted.reason}`);
    const done = Number((runner.status().position * 1_000n) / head) / 1_000;
    progress.show(done, 'reading the log');
  }
}

function operatorRequest({ app }: Storage): RequestContext {
  const from = { ip: null, userAgent: null };
  return { requestId: app.newId(), from, knownBrowser: null, current: null, wrote: () => undefined };
}

async function idOf({ app }: Storage, { account: named }: ExportTrailOptions): Promise<string> {
  const found = await accountNamed(app, named);
  if (found !== null) return found.account.accountId;
  throw new UnusableInputError(`there is no account ${named}: give the alias or the id of one that is there`);
}

/** Records the export; then it is part of itself. */
async function record(storage: Storage, { runner, readModels }: ReadSide, part: Omit<ExportedPart, 'to'>) {
  const size = readModels.trees.sizeOf(part.accountId);
  if (part.from > size) throw new UnusableInputError(`the trail ends before ${size}: give a --from of ${size} at most`);
  const recorded = await exportAuditTrail(storage.app, operatorRequest(storage), byOperator, { ...part, to: size + 1 });
  if (!recorded.ok)
    throw new UnusableInputError(`account ${part.accountId} was never registered: there is nothing to export`);
  await runner.reached(recorded.value.position, Infinity);
}

/** What is written, with how far it has come shown on the way. */
async function* shown(text: AsyncIterable<string>, { from, to }: ExportRequest, progress: Progress) {
  let lines = 0;
  for await (const part of text) {
    yield part;
    lines += part.split('\n').length - 1;
    progress.show(lines / (to - from), counted(lines, 'record'));
  }
}

async function write(text: AsyncIterable<string>, { output }: ExportTrailOptions, { stdout }: ExportTarget) {
  const stream = Readable.from(text, { objectMode: true, highWaterMark: 1 });
  if (output === null) return pipeline(stream, stdout, { end: false });
  // For its owner alone: it holds personal values.
  const file = await open(output, 'wx', 0o600);
  await pipeline(stream, file.createWriteStream({ flush: true }));
}

/** Takes the trail of an account out of the log that the settings name, beside a service that may be running; records that, too. */
export async function exportFromLog(options: ExportTrailOptions, config: Config, target: ExportTarget): Promise<void> {
  const logger = pino({ level: 'silent' });
  const progress = openProgress(target.stderr);
  const storage = await openStorage({ config, now: clockOf(config), logger });
  const opened: (() => Promise<void>)[] = [storage.close];
  try {
    const readSide = openReadSide({ config, storage, logger, begin: Promise.resolve() });
    opened.push(readSide.close);
    await catchUp(storage, readSide, progress);
    // Nothing is signed but the end of this export: the rounds belong to the service.
    const begin = Promise.reject<bigint>(new Error('no rounds'));
    // It is taken hold of only once the keys are loaded.
    begin.catch(() => undefined);
    const keeping = await keepCheckpoints({ config, storage, readSide, logger, begin });
    opened.push(keeping.stop);
    const { format, from, ocsfVersion } = options;
    const accountId = await idOf(storage, options);
    await record(storage, readSide, { accountId, format, from });
    const { readModels } = readSide;
    const signed = await keeping.checkpoints.sign(accountId);
    const request = { accountId, format, from, to: signed.size, span: {}, ocsfVersion, checkpoints: [signed.note] };
    const records = createTrailReader(storage.store, readModels.trees);
    const { log, auditOriginOf: originOf } = storage.app;
    const text = exportTrail({ log, records, readModels, originOf }, request);
    await write(shown(text, request, progress), options, target);
  } finally {
    progress.clear();
    for (const close of opened.reverse()) await close();
  }
}
