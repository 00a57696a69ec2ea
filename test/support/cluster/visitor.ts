import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Answer, type Client } from '../client.js';
import { errorOf, mutate, outcomeOf, type Outcome } from '../operations.js';
import type { Ledger } from './ledger.js';
import type { ClusterNode } from './node.js';

/** Somebody with one session, who goes from node to node. */
export interface Visitor {
  /** The session's token; null before there is one. */
  token: string | null;
  /** How far the log was that was seen last. */
  position: string | null;
  /** Whether nodes are told of that. */
  carries: boolean;
  /** The visitor at a node. */
  at(node: ClusterNode): Client;
  /** Somebody with the same session, of whom this one will not hear. */
  twin(): Visitor;
}

/** No answer came, or one that the service was not able: what was asked may have been done. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

/** A mutation was refused, though nothing was in its way. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly what: string,
    readonly code: string | null,
  ) {
    super(`${what}: ${code ?? 'no answer that could be read'}`);
  }
}

/** A node that is asked to wait for the log is given so many seconds. */
const MOST_REPETITIONS = 30;

function operationOf(body: string): { readonly name: string; readonly isMutation: boolean } {
  const { query } = JSON.parse(body) as { readonly query: string };
  return { name: /\{\s*(\w+)/.exec(query)?.[1] ?? '', isMutation: query.startsWith('mutation') };
}

/** Whether a node says that it did nothing, and that it may be asked again. */
function isToBeRepeated({ status, headers }: Answer): boolean {
  return status === 503 && headers.has('retry-after');
}

function note(ledger: Ledger, name: string, answer: Answer): void {
  const requestId = answer.headers.get('x-request-id');
  if (requestId === null) throw new Error(`an answer to ${name} without a request id`);
  ledger.note({ requestId, name, refusal: outcomeOf(name, answer).refusal });
}

/** Somebody without a session, whose requests are noted. */
export function createVisitor(ledger: Ledger, from: Omit<Visitor, 'at' | 'twin'> | null = null): Visitor {
  const visitor: Visitor = {
    token: from?.token ?? null,
    position: from?.position ?? null,
    carries: from?.carries ?? true,
    at: (node) => clientAt(node),
    twin: () => createVisitor(ledger, visitor),
  };

  /** Posts until there is an answer other than that it is to be sent again. */
  async function post(client: Client, body: string): Promise<Answer> {
    const { position, carries } = visitor;
    for (let repetition = 0; ; repetition += 1) {
      ledger.noteRequest();
      const answer = await client.post(body, carries && position !== null ? { 'x-log-position': position } : {});
      if (!isToBeRepeated(answer) || repetition === MOST_REPETITIONS) return answer;
      ledger.noteRepeated();
      await sleep(1_000);
    }
  }

  async function ask(client: Client, body: string, place: string): Promise<Answer> {
    const { name, isMutation } = operationOf(body);
    const answer = await post(client, body).catch((error: unknown) => {
      ledger.noteLost();
      throw new Lost(`${name} at ${place} was not answered`, { cause: error });
    });
    if (isMutation) note(ledger, name, answer);
    if (errorOf(answer) === 'UNAVAILABLE') throw new Lost(`${name} at ${place} was not possible`);
    visitor.position = answer.body?.extensions?.logPosition ?? visitor.position;
    return answer;
  }

  function clientAt(node: ClusterNode): Client {
    const plain = createClient(node.url());
    const client: Client = {
      url: plain.url,
      cookies: plain.cookies,
      get token() {
        return visitor.token;
      },
      set token(token) {
        visitor.token = token;
      },
      send: (query, variables = {}) => client.post(JSON.stringify({ query, variables })),
      post(body) {
        plain.token = visitor.token;
        return ask(plain, body, node.name);
      },
      copy: () => visitor.twin().at(node),
    };
    return client;
  }

  return visitor;
}

/** Sends a mutation that is to be done; keeps the token that it hands over. */
export async function must(visitor: Visitor, node: ClusterNode, name: string, input: object): Promise<Outcome> {
  const outcome = await mutate(visitor.at(node), name, input);
  if (outcome.refusal !== null || outcome.payload === null)
    throw new Refused(`${name} at ${node.name}`, outcome.refusal);
  keepToken(visitor, outcome);
  return outcome;
}

/** Keeps the token that an outcome hands over, if it does. */
export function keepToken(visitor: Visitor, { payload }: Outcome): void {
  const token = payload?.outcome?.token;
  if (typeof token === 'string') visitor.token = token;
}
