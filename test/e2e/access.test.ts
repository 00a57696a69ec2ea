import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';
import type { Answer, Client, Loose } from '../support/client.js';
import { documentOf, errorOf } from '../support/operations.js';
import { createSubUser, enable, primary, signIn, type Credentials } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { ACCESS, expected, PARTIES, STAGES, type Party, type Stage } from './access-table.js';

const NOBODY = 'no-such-id';

/** A call of each operation that changes nothing, whoever makes it; signing out is the exception. */
const CALLS: Readonly<Record<string, { readonly query: string; readonly variables?: Loose }>> = {
  'Query.viewer': { query: '{ viewer { stage user { id } } }' },
  'Query.node': { query: `{ node(id: "${NOBODY}") { id } }` },
  'Query.user': { query: `{ user(id: "${NOBODY}") { id } }` },
  'Query.users': { query: '{ users { nodes { id } } }' },
  'Query.auditEvents': { query: '{ auditEvents { nodes { id } } }' },
  'Mutation.registerAccount': mutation('registerAccount', { alias: '', email: '', password: '' }),
  'Mutation.signIn': mutation('signIn', { username: 'nobody', password: 'nothing' }),
  'Mutation.answerMfaChallenge': mutation('answerMfaChallenge', { code: '' }),
  'Mutation.signOut': { query: documentOf('signOut') },
  'Mutation.startMfaEnrollment': mutation('startMfaEnrollment', { deviceName: '' }),
  'Mutation.enableMfa': mutation('enableMfa', { enrollmentId: NOBODY, code: '' }),
  'Mutation.cancelMfaEnrollment': mutation('cancelMfaEnrollment', { enrollmentId: NOBODY }),
  'Mutation.verifyOperation': mutation('verifyOperation', { challengeId: NOBODY }),
  'Mutation.createSubUser': mutation('createSubUser', { username: '', password: '' }),
  'Mutation.unlockUser': mutation('unlockUser', { userId: NOBODY }),
};

/** At each stage a mutation that answers with a payload, whatever the role, and changes nothing. */
const CARRIERS: Readonly<Record<Stage, readonly [name: string, input: Loose]>> = {
  ANONYMOUS: ['signIn', { username: 'nobody', password: 'nothing' }],
  MFA_CHALLENGE: ['answerMfaChallenge', { code: '' }],
  FULL: ['startMfaEnrollment', { deviceName: '' }],
};

const REFUSALS = ['UNAUTHENTICATED', 'MFA_CHALLENGE_REQUIRED', 'FORBIDDEN'];

function mutation(name: string, input: Loose): { readonly query: string; readonly variables: Loose } {
  return { query: documentOf(name), variables: { input } };
}

let service: TestService;
let schema: GraphQLSchema;
const people = {} as Record<Party, Credentials>;
const clients = { ANONYMOUS: {}, MFA_CHALLENGE: {}, FULL: {} } as Record<Stage, Record<Party, Client>>;
/** Sessions to sign out of. */
const leaving = { ANONYMOUS: {}, MFA_CHALLENGE: {}, FULL: {} } as typeof clients;

beforeAll(async () => {
  schema = await buildGraphqlSchema();
  service = await startService();
  const { account, client } = await primary(service);
  people.PRIMARY = account;
  for (const role of ['ADMIN', 'AUDITOR', 'MEMBER'] as const) people[role] = await createSubUser(client, account, role);
  for (const party of PARTIES) {
    for (const session of [clients, leaving]) {
      session.ANONYMOUS[party] = service.client();
      session.FULL[party] = await signIn(service, people[party]);
    }
    await enable(service, clients.FULL[party]);
    for (const session of [clients, leaving]) session.MFA_CHALLENGE[party] = await signIn(service, people[party]);
  }
});

afterAll(() => service.dispose());

function rootFields(): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return roots.flatMap((type) => (type ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : []));
}

function admissionIn(answer: Answer): string {
  expect(answer.status).toBe(200);
  const code = errorOf(answer);
  return code !== null && REFUSALS.includes(code) ? code : 'ADMITTED';
}

/** Everything but signing out, after which nobody could be asked again. */
const LASTING = Object.keys(ACCESS).filter((operation) => operation !== 'Mutation.signOut');
const cells = STAGES.flatMap((stage) => PARTIES.map((party) => [stage, party] as const));

it('every operation has a row in the table, and every row an operation', () => {
  expect(Object.keys(ACCESS).sort()).toStrictEqual(rootFields().sort());
  expect(Object.keys(CALLS).sort()).toStrictEqual(rootFields().sort());
});

describe.each(cells)('at %s, %s', (stage, party) => {
  function admissions(ask: (operation: string) => Promise<Answer>, operations: readonly string[]) {
    return Promise.all(operations.map(async (operation) => [operation, admissionIn(await ask(operation))]));
  }

  function table(operations: readonly string[]) {
    return operations.map((operation) => {
      const row = ACCESS[operation];
      return [operation, row && expected(row, stage, party)];
    });
  }

  it('is admitted and refused as the table says', async () => {
    const ask = (operation: string) => {
      const { query = '', variables = {} } = CALLS[operation] ?? {};
      return clients[stage][party].send(query, variables);
    };
    expect(await admissions(ask, LASTING)).toStrictEqual(table(LASTING));
  });

  it('is admitted and refused alike through the payload of a mutation', async () => {
    const queries = LASTING.filter((operation) => operation.startsWith('Query.'));
    const ask = (operation: string) => {
      const [name, input] = CARRIERS[stage];
      return clients[stage][party].send(documentOf(name, `query ${CALLS[operation]?.query ?? ''}`), { input });
    };
    expect(await admissions(ask, queries)).toStrictEqual(table(queries));
  });

  it('signs out as the table says', async () => {
    const answer = await leaving[stage][party].send(documentOf('signOut'));
    expect(admissionIn(answer)).toBe(table(['Mutation.signOut'])[0]?.[1]);
  });
});

it('a refusal says nothing of what was asked for', async () => {
  const answer = await clients.FULL.MEMBER.send('{ users { nodes { id } } auditEvents { nodes { id } } }');
  expect(answer.body.data).toStrictEqual({ users: null, auditEvents: null });
});
