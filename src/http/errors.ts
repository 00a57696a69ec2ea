import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isReported, type ReportError } from '../graphql/masking.js';

/** An HTTP answer that says what was wrong with a request, in the form of a GraphQL error. */
export interface HttpFault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What a client can go on with, beside the code. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const FAULTS: Readonly<Record<string, HttpFault>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'BAD_REQUEST', message: 'The body is not valid JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'The body is empty; send JSON with a `query`.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'BAD_REQUEST', message: 'The body is larger than 64 kB.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'BAD_REQUEST',
    message: 'The body has a media type that is not understood; send application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'The body is not as long as its Content-Length says.',
  },
  UNAVAILABLE: {
    status: 503,
    code: 'UNAVAILABLE',
    message: 'The service cannot do this now; nothing was done. Try again later.',
  },
  OUTCOME_UNKNOWN: {
    status: 503,
    code: 'UNAVAILABLE',
    message: 'The service cannot tell whether this was done. Look before you try again.',
  },
};

const UNKNOWN_FAULT: HttpFault = {
  status: 500,
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Something went wrong on our side. Tell us the request id.',
};

const UNAVAILABLE_CODES = new Set(['UNAVAILABLE', 'CLOSED', 'SEALED', 'UNREADABLE_EVENT', 'CONTENTION']);

/** A fault after which the client tries again: the header `retry-after` and `extensions.retryAfterSeconds` say when. */
export function retryAfter(seconds: number, fault: HttpFault): HttpFault {
  return { ...fault, headers: { 'retry-after': String(seconds) }, details: { retryAfterSeconds: seconds } };
}

/** The body of a fault, which GraphQL clients understand. */
export function bodyOf({ code, message, details }: HttpFault, requestId: string): object {
  return { errors: [{ message, extensions: { code, requestId, ...details } }] };
}

/** Answers with a fault, as JSON. */
export function sendFault(request: FastifyRequest, reply: FastifyReply, fault: HttpFault): FastifyReply {
  return reply
    .code(fault.status)
    .headers(fault.headers ?? {})
    .type('application/json; charset=utf-8')
    .send(bodyOf(fault, request.id));
}

function faultOf(error: Error & { readonly code?: string; readonly statusCode?: number }): HttpFault {
  const code = error.code ?? '';
  const known = UNAVAILABLE_CODES.has(code) ? FAULTS.UNAVAILABLE : FAULTS[code];
  if (known !== undefined) return known;
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return UNKNOWN_FAULT;
  return { status, code: 'BAD_REQUEST', message: 'The request is not one that HTTP allows.' };
}

/** Has every error and every unknown address answered as JSON, without anything from inside. */
export function handleErrors(http: FastifyInstance, report: ReportError): void {
  http.setErrorHandler<Error & { readonly code?: string; readonly statusCode?: number }>((error, request, reply) => {
    const fault = faultOf(error);
    if (fault.status >= 500 && isReported(error)) report(error, request.id);
    return sendFault(request, reply, fault);
  });
  http.setNotFoundHandler((request, reply) =>
    sendFault(request, reply, {
      status: 404,
      code: 'NOT_FOUND',
      message: 'There is nothing at this address. The API is at POST /graphql.',
    }),
  );
}
