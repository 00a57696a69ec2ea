import { z } from 'zod';
import { createCookieJar } from './cookie-jar.js';
import { DemoError } from './demo-error.js';
import type { Narrator } from './narrator.js';
import type { Operation } from './operations.js';

/** A program that speaks GraphQL over HTTP for somebody: a browser, or a script with a bearer token. */
export interface Client {
  readonly transport: 'COOKIE' | 'BEARER';
  /**
   * Asks, and tells what was asked and answered.
   * @throws {DemoError} where the answer is not of the expected shape
   */
  ask<T>(operation: Operation, input: object, expected: z.ZodType<T>): Promise<T>;
  /** Asks for something that has to be refused as a whole, with a code. */
  askInVain(operation: Operation, input: object, code: string): Promise<void>;
  /** Fetches a file by its path, and tells what was fetched. @throws {DemoError} where it is refused */
  download(path: string): Promise<string>;
  /** Asks without telling. */
  fetch<T>(operation: Operation, input: object, expected: z.ZodType<T>): Promise<T>;
}

export interface ClientOptions {
  readonly url: string;
  /** Whose client it is, in the story. */
  readonly name: string;
  readonly transport: 'COOKIE' | 'BEARER';
  /** What it sends from the start, as a bearer token; left out: nothing. */
  readonly credential?: string;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

const LONGEST_ANSWER = 15_000;

const graphqlAnswer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string() }) })).default([]),
});

type GraphqlAnswer = z.infer<typeof graphqlAnswer>;

const withToken = z.object({ outcome: z.object({ token: z.string() }) });

/** The part of an answer that its operation asked for, or the errors that came in its place. */
function essenceOf({ name }: Operation, { data, errors }: GraphqlAnswer): unknown {
  if (errors.length === 0) return data?.[name];
  return { errors: errors.map(({ message, extensions: { code } }) => ({ code, message })) };
}

function check<T>(who: string, { name }: Operation, expected: z.ZodType<T>, answer: unknown): T {
  const checked = expected.safeParse(answer);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? 'in the whole' : `at ${issue.path.join('.')}`;
  throw new DemoError(`${who} asked ${name}; the answer is not the expected one ${place}: ${issue?.message ?? ''}.`);
}

async function parsed(response: Response, { name }: Operation): Promise<GraphqlAnswer> {
  const text = await response.text();
  try {
    return graphqlAnswer.parse(JSON.parse(text));
  } catch {
    throw new DemoError(`${name} was answered with HTTP status ${response.status} and no GraphQL answer.`);
  }
}

/** What a client remembers between requests: its cookies, or its token. */
function createMemory({ transport, credential = '' }: ClientOptions) {
  const jar = createCookieJar();
  let token = credential;
  return {
    headers(): Record<string, string> {
      if (transport === 'BEARER') return token === '' ? {} : { authorization: `Bearer ${token}` };
      const cookie = jar.header();
      return cookie === '' ? {} : { cookie };
    },
    learn(response: Response, answer: unknown): void {
      if (transport === 'COOKIE') jar.keep(response.headers.getSetCookie());
      const told = withToken.safeParse(answer);
      if (told.success) token = told.data.outcome.token;
    },
  };
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function send(options: ClientOptions, url: string, request: Request): Promise<Response> {
  const tooLong = AbortSignal.timeout(LONGEST_ANSWER);
  try {
    const headers = { 'user-agent': 'virtual-mfa-demo', ...request.headers };
    return await fetch(url, { ...request, headers, signal: AbortSignal.any([options.signal, tooLong]) });
  } catch (error) {
    if (options.signal.aborted) throw error;
    if (tooLong.aborted) throw new DemoError(`The server did not answer within ${LONGEST_ANSWER / 1000} s.`);
    throw new DemoError(`The server at ${options.url} cannot be reached.`, { cause: error });
  }
}

function post(options: ClientOptions, headers: Record<string, string>, body: object): Promise<Response> {
  return send(options, options.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function get(options: ClientOptions, headers: Record<string, string>, path: string): Promise<string> {
  const response = await send(options, new URL(path, options.url).href, { method: 'GET', headers });
  const text = await response.text();
  if (response.ok) return text;
  throw new DemoError(`${options.name} fetched ${path}; the answer is HTTP status ${response.status}: ${text}`);
}

/** A client that has not signed in yet. */
export function createClient(options: ClientOptions): Client {
  const { name: who, narrator, transport } = options;
  const memory = createMemory(options);

  async function put(operation: Operation, input: object): Promise<unknown> {
    const variables = operation.takes === 'INPUT' ? { input } : input;
    const response = await post(options, memory.headers(), { query: operation.document, variables });
    const answer = essenceOf(operation, await parsed(response, operation));
    memory.learn(response, answer);
    return answer;
  }

  async function ask<T>(operation: Operation, input: object, expected: z.ZodType<T>): Promise<T> {
    narrator.sent(who, operation.name, input);
    const answer = await put(operation, input);
    narrator.answered(answer);
    return check(who, operation, expected, answer);
  }

  return {
    transport,
    ask,
    async download(path) {
      narrator.sent(who, `GET ${path}`, {});
      const text = await get(options, memory.headers(), path);
      narrator.answered({ lines: text.trimEnd().split('\n').length, bytes: Buffer.byteLength(text) });
      return text;
    },
    async askInVain(operation, input, code) {
      await ask(operation, input, z.object({ errors: z.tuple([z.object({ code: z.literal(code) })]) }));
    },
    fetch: async (operation, input, expected) => check(who, operation, expected, await put(operation, input)),
  };
}
