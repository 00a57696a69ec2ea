import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import { CheckpointRefusedError, TreesBehindError, type Checkpoints } from '../../audit/checkpoints/checkpoints.js';
import type { SignedCheckpoint } from '../../audit/checkpoints/signing.js';
import { RateLimitedError } from '../../application/errors.js';
import type { Application } from '../../application/application.js';
import { byAuditToken, type TokenReader } from '../../application/authenticate-audit-token.js';
import { doGuarded } from '../../application/guard.js';
import type { RequestContext } from '../../application/request-context.js';
import { actingAsReader, exportAuditTrail, type Exporter } from '../../application/export-audit-trail.js';
import { takeExport, tokenWriterOf, writerOf, type Writer } from '../../application/write-budgets.js';
import { REJECTION_CODES, type RejectionCode } from '../../domain/rejection.js';
import type { OperationChallenge } from '../../domain/session/challenges.js';
import { refusalOf, type AccessRule } from '../../graphql/access.js';
import type { ReportError } from '../../graphql/masking.js';
import type { StandingWatch, Watched } from '../../graphql/standing-watch.js';
import type { Standing } from '../../graphql/watched-subjects.js';
import { exportTrail, type ExporterOptions, type ExportRequest } from '../../projections/audit-export/exporter.js';
import type { ReadModels } from '../../projections/read-models.js';
import { createAdmission, type AdmissionOptions, type Admitted } from '../admission.js';
import { retryAfter, sendFault, type HttpFault } from '../errors.js';
import { askerOf } from '../graphql-route.js';
import { exportHeaders } from './export-files.js';
import { ExportQueryError, exportQueryOf, type ExportQuery } from './export-query.js';
import { MOST_AT_ONCE, MOST_OF_A_KIND, type ExportReader, type NoPlace, type OpenExports } from './open-exports.js';

export interface ExportRouteOptions extends AdmissionOptions {
  readonly app: Application;
  readonly readModels: ReadModels;
  readonly exporter: ExporterOptions;
  readonly checkpoints: Pick<Checkpoints, 'sign'>;
  readonly report: ReportError;
  readonly exports: OpenExports;
  readonly standing: StandingWatch;
}

/** Who asks for an export: of which account, and as whom it is recorded. */
interface Caller {
  readonly accountId: string;
  readonly by: Exporter;
  readonly writer: Writer;
}

function readerOf({ accountId, by }: Caller): ExportReader {
  return { accountId, isPrimary: 'demand' in by && by.current.user.kind === 'PRIMARY' };
}

type ExportEnd = Pick<ExportRequest, 'to' | 'checkpoints'>;

// Tokens are named so that whoever comes with a void one is told of both ways.
const RULE: AccessRule = { stages: ['FULL'], roles: ['PRIMARY', 'ADMIN', 'AUDITOR', 'AUDIT_TOKEN'] };

const STATUS: Readonly<Record<string, number>> = { UNAUTHENTICATED: 401 };

const GONE_AWAY: HttpFault = { status: 400, code: 'BAD_REQUEST', message: 'The connection is closed.' };

/** The answers where an export finds no place. */
const NO_PLACE: Readonly<Record<NoPlace, HttpFault>> = {
  ACCOUNT: {
    status: 429,
    code: 'RATE_LIMITED',
    message: `This account already runs ${MOST_OF_A_KIND} exports of its primary (or ${MOST_OF_A_KIND} of other users and tokens). Try again when one has ended.`,
  },
  NODE: {
    status: 429,
    code: 'RATE_LIMITED',
    message: `This node already runs ${MOST_AT_ONCE} exports. Try again after the seconds in retry-after.`,
  },
  GONE: GONE_AWAY,
};

const TOO_OFTEN: HttpFault = {
  status: 429,
  code: 'RATE_LIMITED',
  message: 'Too many exports or changes within a minute; nothing was done. Try again after the seconds in retry-after.',
};

const BEHIND: HttpFault = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'This node does not know yet of the export that it has just recorded. Try again in a second.',
};

const AWAY: HttpFault = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'The event log does not answer, and an export is recorded in it. Try again in a while.',
};

const fault = (status: number, code: string, message: string): HttpFault => ({ status, code, message });

const NOBODY = fault(401, 'UNAUTHENTICATED', 'Sign in first, with signIn.');
const NOT_FOR_EXPORTS = fault(403, 'FORBIDDEN', 'This audit token lacks the EXPORT scope.');

async function programOf(app: Application, reader: TokenReader): Promise<Caller | HttpFault> {
  if (!reader.scopes.includes('EXPORT')) return NOT_FOR_EXPORTS;
  const { accountId, tokenId } = reader;
  return { accountId, by: { by: await byAuditToken(app, reader), tokenId }, writer: tokenWriterOf(reader) };
}

function faultOf({ extensions, message }: GraphQLError): HttpFault {
  const code = String(extensions.code);
  return fault(STATUS[code] ?? 403, code, message);
}

/** The one place that says who may take the trail out, and of which account. */
async function callerOf(app: Application, { arrival }: Admitted): Promise<Caller | HttpFault> {
  const { current: session } = arrival.request;
  if (arrival.tokenReader !== null) return programOf(app, arrival.tokenReader);
  const refused = refusalOf(RULE, { session, tokenReader: null, serviceCaller: arrival.serviceCaller });
  if (refused !== null) return faultOf(refused);
  // Like a mutation: whom the read models alone know may be signed out by now.
  if (arrival.source === 'READ_MODELS') return AWAY;
  if (session === null) return NOBODY;
  return { accountId: session.user.accountId, by: actingAsReader(session), writer: writerOf(session) };
}

const GONE = fault(404, 'NOT_FOUND', 'There is nothing with this id.');

function verificationRequired({ challengeId: id, methods, operation, expiresAt }: OperationChallenge): HttpFault {
  const message = `${REJECTION_CODES.VERIFICATION_REQUIRED} Here it is a parameter of the address.`;
  return {
    ...fault(403, 'VERIFICATION_REQUIRED', message),
    details: { challenge: { id, methods, operation, expiresAt } },
  };
}

/** Seconds until another export may be begun; 0 where it may now. */
async function secondsToWait({ limits }: Application, { writer }: Caller): Promise<number> {
  try {
    await takeExport(limits, writer);
    return 0;
  } catch (error) {
    if (error instanceof RateLimitedError) return error.retryAfterSeconds;
    throw error;
  }
}

/** The part that is asked for, within a trail of a size. */
function partOf(query: ExportQuery, size: number): { readonly from: number; readonly to: number } | HttpFault {
  // The export itself becomes a record of the trail before its first byte.
  const to = query.to ?? size + 1;
  if (to > size + 1 || query.from >= to) {
    const message = `The trail has the records from 0 to before ${size}, and this export will be one more. Give a from below to, and a to of ${size + 1} at most.`;
    return fault(400, 'BAD_USER_INPUT', message);
  }
  return { from: query.from, to };
}

function queryOf(request: FastifyRequest): ExportQuery | HttpFault {
  try {
    return exportQueryOf(request.query as Readonly<Record<string, unknown>>);
  } catch (error) {
    if (error instanceof ExportQueryError) return fault(400, error.code, error.message);
    throw error;
  }
}

/** The trail as it is signed now; null where it is not what was signed before, and handed out all the same: whoever kept a checkpoint will see it. */
async function signedNow({ checkpoints }: ExportRouteOptions, accountId: string): Promise<SignedCheckpoint | null> {
  try {
    return await checkpoints.sign(accountId);
  } catch (error) {
    if (error instanceof CheckpointRefusedError) return null;
    throw error;
  }
}

/** Where an export ends, and the checkpoint of that. Others may have written meanwhile: the end is where it is now. */
async function endOf(options: ExportRouteOptions, accountId: string, query: ExportQuery): Promise<ExportEnd> {
  const signed = query.format === 'NATIVE' ? await signedNow(options, accountId) : null;
  const to = query.to ?? signed?.size ?? options.readModels.trees.sizeOf(accountId);
  // One that is larger than the export would say that its end is missing.
  return { to, checkpoints: signed?.size === to ? [signed.note] : [] };
}

/** Bytes that are written at once, so that how fast they are read can be measured. */
const PIECE = 65_536;

/** Text as bytes, some at a time; ends where it is not admitted any more. */
async function* admittedBytes(text: AsyncIterable<string>, watched: Watched): AsyncGenerator<Buffer, void> {
  for await (const portion of text) {
    const bytes = Buffer.from(portion);
    for (let place = 0; place < bytes.length; place += PIECE) {
      await watched.admitted();
      yield bytes.subarray(place, place + PIECE);
    }
  }
}

/** Tells of what breaks an export off: its answer has begun, so nobody else would. */
async function* telling(text: AsyncIterable<string>, tell: (error: unknown) => void): AsyncGenerator<string> {
  try {
    yield* text;
  } catch (error) {
    tell(error);
    throw error;
  }
}

/** What is answered where the right to export ended on the way. */
function lateFault(code: RejectionCode | undefined): HttpFault {
  if (code === 'SESSION_ENDED') return NOBODY;
  return code === undefined || code === 'NOT_FOUND' ? GONE : fault(403, code, REJECTION_CODES[code]);
}

/** Who may go on reading an export that has begun: nobody whose session is over or whose role was taken, and no void token. */
function admit({ session, tokenReader }: Standing): void {
  if (tokenReader !== null) return;
  const refused = refusalOf(RULE, { session, tokenReader: null, serviceCaller: null });
  if (refused !== null) throw refused;
}

/** Records the export, once it was verified where that is needed; answers how far the log is then. */
async function recordPart(
  { app }: ExportRouteOptions,
  request: RequestContext,
  { accountId, by }: Caller,
  { query, part }: { readonly query: ExportQuery; readonly part: { readonly from: number; readonly to: number } },
): Promise<bigint | HttpFault> {
  const { format, span, ocsfVersion, challengeId, from, to } = query;
  const write = (as: Exporter) => exportAuditTrail(app, request, as, { accountId, format, ...part });
  // What was asked for, not what it comes to: the trail grows meanwhile, by the verification itself.
  const call = { operation: 'EXPORT_AUDIT_TRAIL', arguments: { format, from, to, ...span, ocsfVersion } } as const;
  const recorded =
    'demand' in by ? await doGuarded({ app, request, acting: by }, { ...call, challengeId }, write) : await write(by);
  if (!recorded.ok) return lateFault(recorded.rejections[0]?.code);
  return 'position' in recorded.value ? recorded.value.position : verificationRequired(recorded.value.challenge);
}

/** Records the export, and waits until it can be part of itself. */
async function record(
  options: ExportRouteOptions,
  { arrival }: Admitted,
  caller: Caller,
  query: ExportQuery,
): Promise<ExportRequest | HttpFault> {
  const { accountId } = caller;
  const part = partOf(query, options.readModels.trees.sizeOf(accountId));
  if ('status' in part) return part;
  const recorded = await recordPart(options, arrival.request, caller, { query, part });
  if (typeof recorded !== 'bigint') return recorded;
  if (!(await options.reached(recorded))) return BEHIND;
  const { format, span, ocsfVersion } = query;
  try {
    return { accountId, format, span, ocsfVersion, from: part.from, ...(await endOf(options, accountId, query)) };
  } catch (error) {
    if (error instanceof TreesBehindError) return BEHIND;
    throw error;
  }
}

/** Offers `GET /audit/export`: the audit trail of one's own account, streamed, and recorded in it. */
export function offerAuditExport(http: FastifyInstance, options: ExportRouteOptions): void {
  const { app, exporter, exports, reached, report, standing } = options;
  const admitRequest = createAdmission(options);
  http.addHook('preClose', (done) => {
    exports.endAll();
    done();
  });

  /** Watches who reads for as long as the answer is written. */
  function watch({ raw }: FastifyReply, { arrival }: Admitted): Watched {
    const end = (): void => exports.end(raw, 'NOT_ALLOWED_ANY_MORE');
    const watched = standing.watch(askerOf(options, arrival), { admit, end });
    raw.once('close', () => watched.release());
    // An answer that was closed before does not say so again.
    if (raw.destroyed) watched.release();
    return watched;
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const admitted = await admitRequest(request, reply);
    if (admitted === null) return reply;
    const caller = await callerOf(app, admitted);
    if ('status' in caller) return sendFault(request, reply, caller);
    const query = queryOf(request);
    if ('status' in query) return sendFault(request, reply, query);
    const wait = await secondsToWait(app, caller);
    if (wait > 0) return sendFault(request, reply, retryAfter(wait, TOO_OFTEN));
    // Taken before anything is waited for: of many at once no more get through.
    const noPlace = exports.take(reply.raw, readerOf(caller));
    if (noPlace !== null) return sendFault(request, reply, retryAfter(10, NO_PLACE[noPlace]));
    await reached(admitted.arrival.known());
    const part = await record(options, admitted, caller, query);
    if ('status' in part) return sendFault(request, reply, part);
    const watched = watch(reply, admitted);
    const text = exportTrail(exporter, part, () => !reply.raw.destroyed);
    const tell = (error: unknown): void => report(error, admitted.arrival.request.requestId);
    const bytes = admittedBytes(telling(text, tell), watched);
    // One piece at a time: the next is made when the client has taken in what is before it.
    return reply.headers(exportHeaders(part)).send(Readable.from(bytes, { objectMode: true, highWaterMark: 1 }));
  }

  http.get('/audit/export', { exposeHeadRoute: false }, answer);
}
