import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { documentOf } from '../operations.js';

/** A request that the service has taken up, and whose body is still to come. */
export interface Flight {
  /** Sends the body; the answer. */
  land(): Promise<{ readonly status: number; readonly requestId: string; readonly body: string }>;
}

async function answerTo(sent: ClientRequest) {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let body = '';
  for await (const text of response) body += String(text);
  return { status: response.statusCode ?? 0, requestId: String(response.headers['x-request-id']), body };
}

/** Begins a mutation, on a connection of its own, and waits until the service has taken it up. */
export async function takeOff(url: string, name: string, input: object): Promise<Flight> {
  const body = JSON.stringify({ query: documentOf(name), variables: { input } });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    // RFC 9110 section 10.1.1: who has been told to go on is being served.
    expect: '100-continue',
  };
  const target = url.replace('//localhost', '//127.0.0.1');
  const sent = request(target, { method: 'POST', headers, agent: new Agent({ keepAlive: false }) });
  sent.flushHeaders();
  await once(sent, 'continue');
  // Whoever lands hears of what went wrong before.
  sent.on('error', () => undefined);
  const answer = answerTo(sent);
  answer.catch(() => undefined);
  return {
    land() {
      sent.end(body);
      return answer;
    },
  };
}
