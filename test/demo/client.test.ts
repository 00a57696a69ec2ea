import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { createClient, type Client } from '../../src/demo/client.js';
import { createNarrator } from '../../src/demo/narrator.js';
import { signIn, signOut } from '../../src/demo/operations.js';

interface Answer {
  readonly body: unknown;
  readonly cookies?: readonly string[];
}

describe('a client of the demo', () => {
  let server: Server;
  let answers: Answer[];
  let got: IncomingHttpHeaders[];

  beforeEach(async () => {
    answers = [];
    got = [];
    server = createServer((request, response) => {
      got.push(request.headers);
      const { body, cookies = [] } = answers.shift() ?? { body: 'nothing' };
      response.setHeader('set-cookie', [...cookies]);
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  function clientOf(transport: Client['transport']): Client {
    const { port } = server.address() as AddressInfo;
    const narrator = createNarrator({ write: () => true }, { now: () => 0, sleep: async () => {} });
    const { signal } = new AbortController();
    return createClient({ url: `http://127.0.0.1:${port}/graphql`, name: 'Ada', transport, narrator, signal });
  }

  it('sends cookies back until they are taken away', async () => {
    answers = [
      { body: { data: { signOut: null } }, cookies: ['session=abc; HttpOnly', 'known-browser=x; Max-Age=9'] },
      { body: { data: { signOut: null } }, cookies: ['session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'] },
      { body: { data: { signOut: null } } },
    ];
    const client = clientOf('COOKIE');
    for (let time = 0; time < 3; time += 1) await client.ask(signOut, {}, z.null());
    expect(got.map(({ cookie }) => cookie)).toEqual([undefined, 'session=abc; known-browser=x', 'known-browser=x']);
  });

  it('sends the newest token that an answer had', async () => {
    const outcome = (token: string | null) => ({ body: { data: { signIn: { outcome: { token } } } } });
    answers = [outcome('one'), outcome('two'), outcome(null), outcome(null)];
    const client = clientOf('BEARER');
    for (let time = 0; time < 4; time += 1) await client.ask(signIn, {}, z.unknown());
    expect(got.map(({ authorization }) => authorization)).toEqual([
      undefined,
      'Bearer one',
      'Bearer two',
      'Bearer two',
    ]);
  });

  it('says what is not as expected', async () => {
    answers = [{ body: { data: { signIn: { outcome: { __typename: 'SignedIn' } } } } }];
    const expected = z.object({ outcome: z.object({ __typename: z.literal('MfaChallengeRequired') }) });
    await expect(clientOf('COOKIE').ask(signIn, {}, expected)).rejects.toThrow(
      'Ada asked signIn; the answer is not the expected one at outcome.__typename: Invalid input: expected "MfaChallengeRequired".',
    );
  });

  it('expects an operation to be refused with a code', async () => {
    const refusedWith = (code: string) => ({ body: { errors: [{ message: 'No.', extensions: { code } }] } });
    answers = [refusedWith('FORBIDDEN'), refusedWith('INTERNAL_SERVER_ERROR')];
    const client = clientOf('COOKIE');
    await client.askInVain(signOut, {}, 'FORBIDDEN');
    await expect(client.askInVain(signOut, {}, 'FORBIDDEN')).rejects.toThrow('expected "FORBIDDEN"');
  });

  it('says where there is no GraphQL answer', async () => {
    answers = [{ body: 'Bad gateway' }];
    await expect(clientOf('COOKIE').ask(signOut, {}, z.null())).rejects.toThrow(
      'signOut was answered with HTTP status 200 and no GraphQL answer.',
    );
  });
});
