import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObjectType, type GraphQLSchema } from 'graphql';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';
import type { Answer, Client, Loose } from '../support/client.js';
import { failureOf, follow } from '../support/live.js';
import { ask, documentOf, errorOf, mutate, succeed, viewer } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  fresh,
  primary,
  signIn,
  startEnrollment,
  verified,
  type Account,
  type Credentials,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { CALLS } from './access-calls.js';
import {
  ACCESS,
  BY_AUDIT_TOKEN,
  BY_SERVICE_CREDENTIAL,
  CELLS,
  expected,
  OWN_SECURITY,
  PARTIES,
  REFUSAL_CODES,
  type Party,
  type Stage,
} from './access-table.js';

/** At each stage a mutation that answers with a payload, whatever the role, and changes nothing. */
const CARRIERS: Readonly<Record<Stage, readonly [name: string, input: Loose]>> = {
  ANONYMOUS: ['signIn', { username: 'nobody', password: 'nothing' }],
  MFA_CHALLENGE: ['answerMfaChallenge', { code: '' }],
  PASSWORD_CHANGE: ['changePassword', { newPassword: '' }],
  MFA_ENROLLMENT: ['startMfaEnrollment', { deviceName: '' }],
  FULL: ['startMfaEnrollment', { deviceName: '' }],
};

/** How a WebSocket is closed on whom nobody knows (graphql-ws: 4403, Forbidden). */
const CONNECTION_REFUSED = 4403;

let service: TestService;
let schema: GraphQLSchema;
let account: Account;
let owner: Client;
/** The place in the trail before everything that happened since. */
let cursor: string;
const clients: Record<Stage, Partial<Record<Party, Client>>> = {
  ...{ ANONYMOUS: {}, MFA_CHALLENGE: {}, PASSWORD_CHANGE: {}, MFA_ENROLLMENT: {}, FULL: {} },
};

/** Signs somebody in, whose stage must then be the one that is tested. */
async function place(stage: Stage, party: Party, credentials: Credentials): Promise<Client> {
  const client = await signIn(service, credentials);
  expect((await viewer(client)).stage).toBe(stage);
  clients[stage][party] = client;
  return client;
}

beforeAll(async () => {
  schema = await buildGraphqlSchema();
  service = await startService();
  ({ account, client: owner } = await primary(service));
  cursor = (await ask(owner, '{ auditEvents(last: 1) { nodes { cursor } } }')).auditEvents.nodes[0].cursor;
  for (const party of PARTIES) {
    clients.ANONYMOUS[party] = service.client();
    const person = party === 'PRIMARY' ? account : await createSubUser(owner, account, party);
    const authenticator = await enable(service, await place('FULL', party, person));
    // The session of the owner was open before the primary had a device.
    if (party === 'PRIMARY') await answerChallenge(owner, authenticator);
    await place('MFA_CHALLENGE', party, person);
    if (party === 'PRIMARY') continue;
    await place('MFA_ENROLLMENT', party, await createSubUser(owner, account, party, { requireMfa: true }));
    const other = await createSubUser(owner, account, party);
    const password = fresh('a new password');
    await succeed(owner, 'resetSubUserPassword', { userId: other.userId, newPassword: password });
    await place('PASSWORD_CHANGE', party, { ...other, password });
  }
});

afterAll(() => service.dispose());

function clientAt(stage: Stage, party: Party): Client {
  const client = clients[stage][party];
  if (client === undefined) throw new Error(`nobody is ${party} at ${stage}`);
  return client;
}

/** The root fields, and the fields of other types that have an access rule, as every one with a resolver method must. */
function ruledFields(): string[] {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ extensions }) => roots.has(type) || extensions.access !== undefined)
        .map((field) => `${type.name}.${field.name}`),
    );
}

/** Whether an answer has a null on the way to what was asked for, without an error that made it. */
function isOutOfReach(answer: Answer, operation: string): boolean {
  const found = answer.body?.data?.viewer;
  return operation.startsWith('Viewer.') ? found === null : isBelowUser(operation) && !found?.user;
}

function admissionIn(operation: string, answer: Answer): string {
  expect([operation, answer.status]).toStrictEqual([operation, 200]);
  const code = errorOf(answer);
  expect(code).not.toBe('INTERNAL_SERVER_ERROR');
  if (code !== null && REFUSAL_CODES.includes(code)) return code;
  return isOutOfReach(answer, operation) ? 'UNREACHABLE' : 'ADMITTED';
}

/** Everything over HTTP but signing out, after which nobody could be asked again. */
const OVER_HTTP = Object.keys(ACCESS).filter(
  (operation) => operation !== 'Mutation.signOut' && !operation.startsWith('Subscription.'),
);
const READS = OVER_HTTP.filter((operation) => !operation.startsWith('Mutation.'));

it('every operation has a row in the table, and every row an operation', () => {
  expect(Object.keys(ACCESS).sort()).toStrictEqual(ruledFields().sort());
  expect(Object.keys(CALLS).sort()).toStrictEqual(ruledFields().sort());
});

it('nobody requires MFA of the primary, or sets its password, so that it is at no such stage', async () => {
  const { id: userId } = (await viewer(owner)).user;
  for (const client of [owner, clientAt('FULL', 'ADMIN')]) {
    expect((await mutate(client, 'requireSubUserMfa', { userId })).refusal).toBe('FORBIDDEN');
    const newPassword = fresh('a new password');
    expect((await mutate(client, 'resetSubUserPassword', { userId, newPassword })).refusal).toBe('FORBIDDEN');
  }
});

describe('a session that has to enable a device', () => {
  it('sets one up for nobody else, whatever its role', async () => {
    const { userId } = await createSubUser(owner, account);
    for (const party of ['ADMIN', 'AUDITOR', 'MEMBER'] as const) {
      const client = clientAt('MFA_ENROLLMENT', party);
      const { refusal } = await mutate(client, 'startMfaEnrollment', { userId, deviceName: 'Phone' });
      expect(refusal).toBe('MFA_ENROLLMENT_REQUIRED');
    }
  });

  it('verifies nothing but setting up its own', async () => {
    const sam = await createSubUser(owner, account);
    const client = await signIn(service, sam);
    const { userError } = await mutate(client, 'changePassword', { newPassword: fresh('a new password') });
    await succeed(owner, 'requireSubUserMfa', { userId: sam.userId, effective: 'IMMEDIATELY' });
    const answer = { challengeId: userError.challenge.id, password: sam.password };
    expect((await mutate(client, 'verifyOperation', answer)).refusal).toBe('MFA_ENROLLMENT_REQUIRED');
  });
});

describe('an AUDITOR', () => {
  const MUTATIONS = Object.keys(ACCESS).filter((operation) => operation.startsWith('Mutation.'));

  it('is forbidden every change but those of its own security', async () => {
    const auditor = clientAt('FULL', 'AUDITOR');
    const refusals = MUTATIONS.filter((operation) => !OWN_SECURITY.includes(operation)).map(async (operation) => {
      const { query = '', variables = {} } = CALLS[operation] ?? {};
      return [operation, errorOf(await auditor.send(query, variables))];
    });
    for (const [operation, refusal] of await Promise.all(refusals)) {
      expect([operation, refusal]).toStrictEqual([operation, 'FORBIDDEN']);
    }
    expect(refusals.length).toBeGreaterThan(10);
  });

  it('changes nothing of the security of others', async () => {
    const auditor = clientAt('FULL', 'AUDITOR');
    const sam = await createSubUser(owner, account);
    const session = await signIn(service, sam);
    const { enrollment } = await startEnrollment(service, session);
    const { id: sessionId } = (await viewer(session)).session;
    const attempts = [
      ['startMfaEnrollment', { userId: sam.userId, deviceName: 'Phone' }, 'FORBIDDEN'],
      ['disableMfa', { userId: sam.userId }, 'FORBIDDEN'],
      ['cancelMfaEnrollment', { enrollmentId: enrollment.id }, 'NOT_FOUND'],
      ['enableMfa', { enrollmentId: enrollment.id, code: '123456' }, 'NOT_FOUND'],
      ['revokeSession', { sessionId }, 'NOT_FOUND'],
    ] as const;
    for (const [name, input, refusal] of attempts) {
      expect([name, (await mutate(auditor, name, input)).refusal]).toStrictEqual([name, refusal]);
    }
    expect((await viewer(session)).user.mfa.pendingEnrollment).not.toBeNull();
  });
});

describe('an audit token', () => {
  let reader: Client;
  let exporter: Client;

  async function withToken(scopes: readonly string[]): Promise<Client> {
    const input = { name: scopes.join(' '), scopes };
    const fresh = await signIn(service, keeper);
    const { token } = await verified(fresh, 'createAuditToken', input, { password: keeper.password });
    return Object.assign(service.client(), { token });
  }

  let keeper: Account;

  beforeAll(async () => {
    ({ account: keeper } = await primary(service));
    [reader, exporter] = [await withToken(['READ']), await withToken(['EXPORT'])];
  });

  const admissionOf = async (client: Client, operation: string) => {
    const { query = '', variables = {} } = CALLS[operation] ?? {};
    return [operation, admissionIn(operation, await client.send(query, variables))];
  };
  const OPERATIONS = [...OVER_HTTP, 'Mutation.signOut'].filter((operation) => !isBelowViewer(operation));

  it('is admitted to the audit trail, and to nothing else', async () => {
    for (const operation of OPERATIONS) {
      const admission = BY_AUDIT_TOKEN.includes(operation) ? 'ADMITTED' : 'FORBIDDEN';
      expect(await admissionOf(reader, operation)).toStrictEqual([operation, admission]);
    }
    expect(await viewer(reader)).toBeNull();
  });

  it('for exports alone is admitted to nothing here', async () => {
    for (const operation of OPERATIONS) {
      expect(await admissionOf(exporter, operation)).toStrictEqual([operation, 'FORBIDDEN']);
    }
    const feed = follow(exporter);
    expect(await failureOf(feed)).toBe('FORBIDDEN');
    await feed.close();
  });
});

describe('a service credential', () => {
  it('is admitted to redeeming grants, and to nothing else, over WebSocket neither', async () => {
    const { account: keeper, client } = await primary(service);
    const input = { name: 'Virtual machines', service: 'vm' };
    const { credential } = await verified(client, 'createServiceCredential', input, { password: keeper.password });
    const caller = Object.assign(service.client(), { token: credential });
    for (const operation of [...OVER_HTTP, 'Mutation.signOut'].filter((name) => !isBelowViewer(name))) {
      const { query = '', variables = {} } = CALLS[operation] ?? {};
      const admission = BY_SERVICE_CREDENTIAL.includes(operation) ? 'ADMITTED' : 'FORBIDDEN';
      const answer = await caller.send(query, variables);
      expect([operation, admissionIn(operation, answer)]).toStrictEqual([operation, admission]);
    }
    expect(await failureOf(follow(caller))).toBe(CONNECTION_REFUSED);
    const exported = await fetch(service.url.replace('/graphql', '/audit/export'), {
      headers: { authorization: `Bearer ${credential}` },
    });
    expect([exported.status, ((await exported.json()) as Loose).errors[0].extensions.code]).toStrictEqual([
      403,
      'FORBIDDEN',
    ]);
  });
});

/** What is a field of the viewer, which is null to whoever is nobody. */
function isBelowViewer(operation: string): boolean {
  return operation.startsWith('Viewer.') || isBelowUser(operation);
}

/** What is a field of the viewer's user. */
function isBelowUser(operation: string): boolean {
  return operation === 'User.sessions' || operation === 'Account.policy';
}

it('a refusal says nothing of what was asked for', async () => {
  const answer = await clientAt('FULL', 'MEMBER').send('{ users { nodes { id } } auditEvents { nodes { id } } }');
  expect(answer.body.data).toStrictEqual({ users: null, auditEvents: null });
});

describe.each(CELLS)('at %s, %s', (stage, party) => {
  async function admissions(send: (operation: string) => Promise<Answer>, operations: readonly string[]) {
    const answers = await Promise.all(
      operations.map(async (operation) => [operation, admissionIn(operation, await send(operation))]),
    );
    return Object.fromEntries(answers) as Record<string, string>;
  }

  const inTable = (operation: string) => expected(ACCESS[operation] ?? {}, stage, party);
  const table = (operations: readonly string[]) =>
    Object.fromEntries(operations.map((operation) => [operation, inTable(operation)]));

  it('is admitted and refused as the table says', async () => {
    const send = (operation: string) => {
      const { query = '', variables = {} } = CALLS[operation] ?? {};
      return clientAt(stage, party).send(query, variables);
    };
    expect(await admissions(send, OVER_HTTP)).toStrictEqual(table(OVER_HTTP));
  });

  it('is admitted and refused alike through the payload of a mutation', async () => {
    const [name, input] = CARRIERS[stage];
    const send = async (operation: string) => {
      const document = documentOf(name, `query ${CALLS[operation]?.query ?? ''}`);
      const answer = await clientAt(stage, party).send(document, { input });
      return { ...answer, body: { ...answer.body, data: answer.body.data[name].query } };
    };
    expect(await admissions(send, READS)).toStrictEqual(table(READS));
  });

  it('follows the trail over WebSocket as the table says', async () => {
    const feed = follow(clientAt(stage, party), { after: cursor });
    const failure = await failureOf(feed);
    await feed.close();
    const admission = failure === CONNECTION_REFUSED ? 'UNAUTHENTICATED' : (failure ?? 'ADMITTED');
    expect(admission).toBe(inTable('Subscription.auditEventRecorded'));
  });

  it('signs out as the table says', async () => {
    const answer = await clientAt(stage, party).send(documentOf('signOut'));
    expect(admissionIn('Mutation.signOut', answer)).toBe(inTable('Mutation.signOut'));
  });
});
