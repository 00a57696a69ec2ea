import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Answer, Client } from '../support/client.js';
import { ask, documentOf, mutate, succeed, viewer } from '../support/operations.js';
import { createSubUser, enable, primary, signIn, startEnrollment, verified, type Role } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { headOf, storedEvents } from '../support/stored.js';

let service: TestService;
/** Ids of another account, by what they name. */
const foreign: Record<string, string> = {};
const readers: Record<string, Client> = {};

beforeAll(async () => {
  service = await startService();
  const { account, client } = await primary(service);
  const sam = await createSubUser(client, account);
  const asSam = await signIn(service, sam);
  foreign.primary = (await viewer(client)).user.id;
  foreign.account = account.accountId;
  foreign.user = sam.userId;
  foreign.session = (await viewer(asSam)).session.id;
  foreign.enrollment = (await startEnrollment(service, asSam)).enrollment.id;
  const token = { name: 'SIEM', scopes: ['READ'] };
  foreign.auditToken = (await verified(client, 'createAuditToken', token, account)).auditToken.id;
  const credential = { name: 'Virtual machines', service: 'vm' };
  const { serviceCredential } = await verified(client, 'createServiceCredential', credential, account);
  foreign.serviceCredential = serviceCredential.id;
  const deleting = {
    service: 'vm',
    operation: 'vm:DeleteInstance',
    resource: 'i-123',
    argumentsDigest: 'A'.repeat(43),
  };
  foreign.serviceChallenge = (await succeed(client, 'requestOperationVerification', deleting)).challenge.id;
  await enable(service, client);
  const { userError } = await mutate(client, 'startMfaEnrollment', {});
  foreign.challenge = userError.challenge.id;
  const { auditEvents } = await ask(client, '{ auditEvents(first: 1) { nodes { id } } }');
  foreign.event = auditEvents.nodes[0].id;

  const home = await primary(service);
  readers.PRIMARY = home.client;
  for (const role of ['ADMIN', 'AUDITOR', 'MEMBER'] satisfies Role[]) {
    readers[role] = await signIn(service, await createSubUser(home.client, home.account, role));
  }
});

afterAll(() => service.dispose());

/** An answer, without the request id, the log position and the id that was asked for. */
function comparable({ status, text, headers }: Answer, id: string): unknown {
  const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  const requestId = headers.get('x-request-id') ?? '-';
  const same = text.replaceAll(requestId, '(request id)').replaceAll(id, '(id)');
  // Sealed anew each time.
  return { status, text: same.replace(/v1\.[A-Za-z0-9_-]{64}/, '(log position)'), headers: kept };
}

const OPERATIONS: readonly (readonly [name: string, document: string, variables: (id: string) => object])[] = [
  ['user', 'query ($id: ID!) { user(id: $id) { id username } }', (id) => ({ id })],
  ['node', 'query ($id: ID!) { node(id: $id) { id __typename } }', (id) => ({ id })],
  [
    'auditEvents by actor',
    'query ($id: ID!) { auditEvents(filter: { actorId: $id }) { nodes { id } pageInfo { hasNextPage } } }',
    (id) => ({ id }),
  ],
  [
    'auditEvents by subject',
    'query ($id: ID!) { auditEvents(filter: { subjectId: $id }) { nodes { id } pageInfo { hasNextPage } } }',
    (id) => ({ id }),
  ],
  ['auditInclusionProof', 'query ($id: ID!) { auditInclusionProof(eventId: $id) { leafIndex } }', (id) => ({ id })],
  [
    'mfaStateAt',
    'query ($id: ID!) { mfaStateAt(userId: $id, at: "2026-01-01T00:00:00Z") { existence } }',
    (id) => ({ id }),
  ],
  [
    'exposures by user',
    'query ($id: ID!) { exposures(filter: { userId: $id }) { nodes { id } pageInfo { hasNextPage } } }',
    (id) => ({ id }),
  ],
  ['unlockUser', documentOf('unlockUser'), (userId) => ({ input: { userId } })],
  ['revokeTrustedDevices', documentOf('revokeTrustedDevices'), (userId) => ({ input: { userId } })],
  ['setOperationProtection', documentOf('setOperationProtection'), (userId) => ({ input: { userId, enabled: true } })],
  ['eraseUser', documentOf('eraseUser'), (userId) => ({ input: { userId } })],
  ['revokeAuditToken', documentOf('revokeAuditToken'), (tokenId) => ({ input: { tokenId } })],
  ['revokeServiceCredential', documentOf('revokeServiceCredential'), (credentialId) => ({ input: { credentialId } })],
  ['enableMfa', documentOf('enableMfa'), (enrollmentId) => ({ input: { enrollmentId, code: '123456' } })],
  ['cancelMfaEnrollment', documentOf('cancelMfaEnrollment'), (enrollmentId) => ({ input: { enrollmentId } })],
  [
    'verifyOperation by code',
    documentOf('verifyOperation'),
    (challengeId) => ({ input: { challengeId, code: '123456' } }),
  ],
  [
    'verifyOperation by recovery code',
    documentOf('verifyOperation'),
    (challengeId) => ({ input: { challengeId, recoveryCode: 'AB12-CD34-EF56-GH78-JK90-MN10' } }),
  ],
  [
    'verifyOperation by password',
    documentOf('verifyOperation'),
    (challengeId) => ({ input: { challengeId, password: 'any' } }),
  ],
];

const cells = OPERATIONS.flatMap(([name, document, variables]) =>
  ['PRIMARY', 'ADMIN', 'AUDITOR', 'MEMBER'].map((party) => [name, party, document, variables] as const),
);

it.each(cells)('%s answers ids of another account like ids that do not exist, to %s', async (...cell) => {
  const [, party, document, variables] = cell;
  const reader = readers[party] ?? service.client();
  const head = await headOf(service);
  const nobody = randomUUID();
  const unknown = comparable(await reader.send(document, variables(nobody)), nobody);
  expect(JSON.stringify(unknown)).toMatch(/NOT_FOUND|FORBIDDEN|"nodes\\":\[\]/);
  for (const id of Object.values(foreign)) {
    expect(comparable(await reader.send(document, variables(id)), id)).toStrictEqual(unknown);
  }
  expect(await headOf(service)).toBe(head);
});

it('a verification of another account starts nothing', async () => {
  const { client } = await primary(service);
  await enable(service, client);
  const outcome = await mutate(client, 'startMfaEnrollment', { challengeId: foreign.challenge });
  expect(outcome).toMatchObject({ refusal: 'VERIFICATION_REQUIRED', payload: { enrollment: null } });
  expect(outcome.userError.challenge.id).not.toBe(foreign.challenge);
});

it('a name of another account signs nobody in', async () => {
  const first = await primary(service);
  const second = await primary(service);
  const sam = await createSubUser(first.client, first.account);
  const { username, password } = sam;
  const outcome = await mutate(service.client(), 'signIn', { account: second.account.alias, username, password });
  expect(outcome.refusal).toBe('SIGN_IN_FAILED');
  expect((await storedEvents(service, `*-${sam.userId}`)).map(({ type }) => type)).toStrictEqual(['UserCreated']);
});
