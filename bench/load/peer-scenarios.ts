import type { Connection, Reply } from './connection.js';
import { cookiesOf, get, jsonOf, post } from './messages.js';
import { forEach, once, over, type Operation, type Prepare, type ScenarioParams } from './scenario.js';
import { bytesOf, codeAt, timeStepAt } from './totp.js';

const PASSWORD = 'a long and private sentence';
/** Users with a device; the peer takes a code as often as it is given, so few will do. */
const PROTECTED = 64;

interface Person {
  readonly email: string;
  readonly session: string;
  readonly secret: Uint8Array;
}

/** Names of one run of a scenario, since the peer keeps its file from round to round. */
function emails(count: number): readonly string[] {
  const run = `${Date.now().toString(36)}${process.pid}`;
  return Array.from({ length: count }, (_, index) => `user-${run}-${index}@example.com`);
}

function asking(params: ScenarioParams, connection: Connection) {
  const origin = new URL(params.url).origin;
  return (path: string, body: unknown, cookie?: string): Promise<Reply> => {
    const headers = { origin, ...(cookie !== undefined && { cookie }) };
    return connection.send(post(new URL(`/api/auth${path}`, origin), body, headers));
  };
}

async function signUp(params: ScenarioParams, connection: Connection, email: string): Promise<string> {
  const reply = await asking(params, connection)('/sign-up/email', { name: 'User', email, password: PASSWORD });
  jsonOf(reply);
  return cookiesOf(reply);
}

function code(secret: Uint8Array): string {
  return codeAt(secret, timeStepAt(Date.now()));
}

/** Enables a device: two requests. Answers its secret and the cookies from then on. */
async function enable(params: ScenarioParams, connection: Connection, session: string) {
  const ask = asking(params, connection);
  const { totpURI } = jsonOf(await ask('/two-factor/enable', { password: PASSWORD }, session));
  const secret = bytesOf(new URL(String(totpURI)).searchParams.get('secret') ?? '');
  const reply = await ask('/two-factor/verify-totp', { code: code(secret) }, session);
  if (jsonOf(reply).user === undefined) throw new Error(`the peer did not enable a device: ${reply.body}`);
  return { secret, session: cookiesOf(reply) };
}

async function people(params: ScenarioParams, connections: readonly Connection[]): Promise<readonly Person[]> {
  const found: Person[] = [];
  await forEach(emails(PROTECTED), connections, async (email, connection) => {
    const enabled = await enable(params, connection, await signUp(params, connection, email));
    found.push({ email, ...enabled });
  });
  return found;
}

async function signIn(params: ScenarioParams, connection: Connection, email: string): Promise<string> {
  const reply = await asking(params, connection)('/sign-in/email', { email, password: PASSWORD });
  if (jsonOf(reply).twoFactorRedirect !== true) throw new Error(`the peer did not ask for a code: ${reply.body}`);
  return cookiesOf(reply);
}

interface Answering {
  /** The cookies of a sign-in that owes a code. */
  readonly challenge: string;
  readonly secret: Uint8Array;
}

async function verify(params: ScenarioParams, connection: Connection, { challenge, secret }: Answering) {
  const ask = asking(params, connection);
  const reply = await ask('/two-factor/verify-totp', { code: code(secret) }, challenge);
  if (jsonOf(reply).token === undefined) throw new Error(`the peer refused a right code: ${reply.body}`);
}

/** The second factor at sign-in, one request; the passwords are given before anything is measured. */
export const verifyCodes: Prepare = async (params, connections) => {
  const known = await people(params, connections);
  const operations: Operation[] = [];
  const turns = Array.from({ length: params.prepared ?? 0 }, (_, turn) => turn);
  await forEach(turns, connections, async (turn, connection) => {
    const person = known[turn % known.length];
    if (person === undefined) throw new Error('the peer has nobody');
    const challenge = await signIn(params, connection, person.email);
    operations.push((other) => verify(params, other, { challenge, secret: person.secret }));
  });
  return once(operations);
};

/** Password, then code: two requests. */
export const signInWithCodeAtPeer: Prepare = async (params, connections) => {
  const known = await people(params, connections);
  return over(
    known.map(({ email, secret }) => async (connection) => {
      await verify(params, connection, { challenge: await signIn(params, connection, email), secret });
    }),
  );
};

/** Setting up a device and enabling it: two requests, each person once. */
export const enrollAtPeer: Prepare = async (params, connections) => {
  const operations: Operation[] = [];
  await forEach(emails(params.prepared ?? 0), connections, async (email, connection) => {
    const session = await signUp(params, connection, email);
    operations.push(async (other) => {
      await enable(params, other, session);
    });
  });
  return once(operations);
};

/** The signed-in user, with whether it has a device. */
export const sessionAtPeer: Prepare = async (params, connections) => {
  const known = await people(params, connections);
  const url = new URL('/api/auth/get-session', params.url);
  return over(
    known.map(({ email, session }) => {
      const sent = get(url, { origin: url.origin, cookie: session });
      return async (connection) => {
        const { user } = jsonOf(await connection.send(sent));
        if (user.email !== email || user.twoFactorEnabled !== true)
          throw new Error(`the peer took ${email} for another`);
      };
    }),
  );
};
