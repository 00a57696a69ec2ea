import type { Connection } from './connection.js';
import { dataOf, payloadOf, post } from './messages.js';
import { peopleIn, type ProtectedPerson } from './people-file.js';
import { once, over, type Prepare, type ScenarioParams } from './scenario.js';
import { bytesOf, codeAt, timeStepAt } from './totp.js';

const ANSWER = `mutation ($input: AnswerMfaChallengeInput!) { answerMfaChallenge(input: $input) {
  outcome { __typename ... on SignedIn { token viewer { stage } } } userErrors { code message } } }`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) {
  outcome { __typename ... on MfaChallengeRequired { token attemptsLeft } } userErrors { code message } } }`;
const START = `mutation ($input: StartMfaEnrollmentInput!) { startMfaEnrollment(input: $input) {
  enrollment { id otpauthUri secret expiresAt } userErrors { code message } } }`;
const ENABLE = `mutation ($input: EnableMfaInput!) { enableMfa(input: $input) {
  user { id mfa { enabled } } outcome { __typename ... on SignedIn { token } } userErrors { code message } } }`;
const STAGE = '{ viewer { stage } }';
const VIEWER = '{ viewer { stage user { id username mfa { enabled deviceName enabledAt } } } }';

function now({ clockOffset = 0 }: ScenarioParams): number {
  return Date.now() + clockOffset;
}

interface Asking {
  readonly query: string;
  readonly input?: unknown;
}

function request(url: URL, token: string | null, { query, input }: Asking): Buffer {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return post(url, { query, variables: input === undefined ? {} : { input } }, headers);
}

interface Answering {
  readonly url: URL;
  readonly token: string;
  readonly code: string;
}

async function answer(connection: Connection, { url, token, code }: Answering): Promise<void> {
  const payload = payloadOf(
    await connection.send(request(url, token, { query: ANSWER, input: { code } })),
    'answerMfaChallenge',
  );
  const { outcome } = payload;
  if (outcome.__typename !== 'SignedIn' || outcome.viewer.stage !== 'FULL' || outcome.token === token) {
    throw new Error(`a right code was answered with ${JSON.stringify(payload)}`);
  }
}

/** The second factor at sign-in, one request: each session is used once, and so is each code: those of three steps. */
export const answerChallenges: Prepare = async (params) => {
  const url = new URL(params.url);
  const { withDevice } = peopleIn(params.people);
  const step = timeStepAt(now(params)) - 1;
  const perUser = withDevice[0]?.challenges.length ?? 0;
  const turns = Array.from({ length: perUser }, (_, turn) => turn);
  const sessions = turns.flatMap((turn) =>
    withDevice.map((person) => ({
      ...{ url, token: person.challenges[turn] ?? '' },
      code: codeAt(bytesOf(person.secret), step + turn),
    })),
  );
  return once(sessions.map((session) => (connection) => answer(connection, session)));
};

/** Each session of those that `answerChallenges` or `enroll` use, looked at once: as if the password had been given to this process. */
export const lookAtSessions: Prepare = async (params) => {
  const url = new URL(params.url);
  const { withDevice, withoutDevice } = peopleIn(params.people);
  const tokens = params.index === 0 ? withDevice.flatMap(({ challenges }) => challenges) : withoutDevice;
  return once(
    tokens.map((token) => async (connection) => {
      const { viewer: found } = dataOf(await connection.send(request(url, token, { query: STAGE })));
      if (found === null) throw new Error('a seeded session is over');
    }),
  );
};

async function signIn(connection: Connection, url: URL, person: ProtectedPerson): Promise<string> {
  const { account, username, password } = person;
  const input = { account, username, password, transport: 'BEARER' };
  const { outcome } = payloadOf(await connection.send(request(url, null, { query: SIGN_IN, input })), 'signIn');
  if (outcome.__typename !== 'MfaChallengeRequired')
    throw new Error(`no code was asked for: ${JSON.stringify(outcome)}`);
  return outcome.token;
}

/** Password, then code: two requests, each person once. */
export const signInWithCode: Prepare = async (params) => {
  const url = new URL(params.url);
  return once(
    peopleIn(params.people).withDevice.map((person) => async (connection) => {
      const token = await signIn(connection, url, person);
      await answer(connection, { url, token, code: codeAt(bytesOf(person.secret), timeStepAt(now(params))) });
    }),
  );
};

/** Right passwords, and no code after them. */
export const signInFlood: Prepare = async (params) => {
  const url = new URL(params.url);
  return over(
    peopleIn(params.people).withDevice.map((person) => async (connection) => {
      await signIn(connection, url, person);
    }),
  );
};

async function startEnrollment(connection: Connection, url: URL, token: string) {
  const sent = request(url, token, { query: START, input: { deviceName: 'Phone' } });
  const { enrollment } = payloadOf(await connection.send(sent), 'startMfaEnrollment');
  if (enrollment === null) throw new Error('an enrollment was not started');
  return enrollment as { readonly id: string; readonly secret: string };
}

/** Setting up a device and enabling it: two requests, each person once. */
export const enroll: Prepare = async (params) => {
  const url = new URL(params.url);
  return once(
    peopleIn(params.people).withoutDevice.map((token) => async (connection) => {
      const { id, secret } = await startEnrollment(connection, url, token);
      const input = { enrollmentId: id, code: codeAt(bytesOf(secret), timeStepAt(now(params))) };
      const payload = payloadOf(await connection.send(request(url, token, { query: ENABLE, input })), 'enableMfa');
      if (payload.user.mfa.enabled !== true) throw new Error('a device was not enabled');
    }),
  );
};

/** One command on the MFA stream of one user: a set-up is started anew. */
export const restartEnrollment: Prepare = async (params) => {
  const url = new URL(params.url);
  const token = peopleIn(params.people).withoutDevice[params.index ?? 0];
  if (token === undefined) throw new Error('there is no such user');
  return over([
    async (connection) => {
      await startEnrollment(connection, url, token);
    },
  ]);
};

/** The signed-in user with its device. */
export const viewer: Prepare = async (params) => {
  const url = new URL(params.url);
  const people = peopleIn(params.people).withDevice.slice(0, 200);
  return over(
    people.map(({ full, username }) => {
      const sent = request(url, full, { query: VIEWER });
      return async (connection) => {
        const { stage, user } = dataOf(await connection.send(sent)).viewer;
        if (stage !== 'FULL' || user.username !== username || user.mfa.enabled !== true) {
          throw new Error(`${username} was answered with ${JSON.stringify(user)}`);
        }
      };
    }),
  );
};
