import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';
import type { Answer, Client, Loose } from '../support/client.js';
import { enable, primary, signIn, createSubUser, startEnrollment, verified, type SubUser } from '../support/people.js';
import { callOf, placesOf, withValueAt, type Place } from '../support/schema-arguments.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';

const schema = await buildGraphqlSchema();
const places = placesOf(schema);
const texts = places.filter(({ type }) => type === 'String' || type === 'ID');

/** Refusals that are recorded: what was wrong was a proof. */
const RECORDED = [
  ...['PasswordRejected', 'PasswordBackOffStarted', 'MfaCodeRejected', 'MfaLocked', 'SessionEnded'],
  // A guarded operation is asked to be verified first.
  'OperationChallenged',
];

const NASTY = [
  ...['', ' ', '\t\n', '0', 'null', 'undefined', 'NaN', '-1', '1e309', 'true', '[object Object]'],
  ...[
    'x'.repeat(10_000),
    '😀'.repeat(3_000),
    '\u0000',
    'a\u0000b',
    '\u0007\u001b[31m',
    '\r\nSet-Cookie: a=b',
    '\u2028',
  ],
  ...[
    '１２３４５６',
    '١٢٣٤٥٦',
    '12 34-56',
    '\u202e654321',
    '\u200b\u200c\u200d\ufeff',
    '\ud800',
    '\udfff\ud800',
    '\uffff',
  ],
  ...[
    "' OR '1'='1",
    "'; DROP TABLE events; --",
    '%',
    '_',
    '*',
    '\\',
    '"',
    '`',
    '${7*7}',
    '{{7*7}}',
    '../../etc/passwd',
  ],
  ...[
    '<script>alert(1)</script>',
    '{ viewer { stage } }',
    '"""',
    '} mutation { signOut { __typename } }',
    '$input',
    '#',
  ],
  ...[
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'prototype',
    'http://localhost:4000/',
    'Ada@EXAMPLE.com',
  ],
];

const nastyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.uuid() },
);
const anything = fc.oneof(
  nastyText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(null),
  fc.constantFrom(2 ** 31, -1, 0.5),
);

let service: TestService;
let sam: SubUser;
let full: Client;
let owing: Client;
/** Another service, by its credential. */
let caller: Client;
/** Arguments with which each operation would be done, or refused for a proof that is wrong. */
let sensible: Readonly<Record<string, Loose>>;

beforeAll(async () => {
  service = await startService();
  const { account, client } = await primary(service);
  full = client;
  sam = await createSubUser(client, account);
  const machines = { name: 'Virtual machines', service: 'vm' };
  const { credential } = await verified(client, 'createServiceCredential', machines, account);
  caller = Object.assign(service.client(), { token: credential });
  await enable(service, await signIn(service, sam));
  owing = await signIn(service, sam);
  const { enrollment } = await startEnrollment(service, client);
  const password = 'not the password of anybody';
  sensible = {
    'Query.node': { id: sam.userId },
    'Query.user': { id: sam.userId },
    'Query.users': { first: 10 },
    'Query.auditEvents': { first: 10, filter: {} },
    'Query.auditInclusionProof': { eventId: 'no-such-event', treeSize: 1 },
    'Query.auditConsistencyProof': { fromSize: 0, toSize: 1 },
    'Query.mfaCoverage': { at: '2026-01-01T00:00:00Z' },
    'Query.mfaCoverageSeries': { since: '2025-01-01T00:00:00Z', points: 5 },
    'Query.mfaStateAt': { userId: sam.userId, at: '2026-01-01T00:00:00Z' },
    'Query.exposures': { first: 10, filter: {} },
    'Mutation.registerAccount': { input: { alias: 'A', email: 'no address', password } },
    'Mutation.signIn': { input: { account: sam.account, username: sam.username, password } },
    'Mutation.answerMfaChallenge': { input: { code: 'no code', trustDevice: false } },
    'Mutation.generateRecoveryCodes': { input: { challengeId: 'nothing' } },
    'Mutation.revokeTrustedDevices': { input: { userId: 'nobody', challengeId: 'nothing' } },
    'Mutation.createSubUser': { input: { username: sam.username, password } },
    'Mutation.startMfaEnrollment': { input: { deviceName: '' } },
    'Mutation.enableMfa': { input: { enrollmentId: enrollment.id, code: 'no code', nextCode: 'none' } },
    'Mutation.cancelMfaEnrollment': { input: { enrollmentId: 'nothing' } },
    'Mutation.verifyOperation': { input: { challengeId: 'nothing', password } },
    'Mutation.unlockUser': { input: { userId: 'nobody' } },
    'Mutation.disableMfa': { input: { userId: 'nobody' } },
    'Mutation.requireSubUserMfa': { input: { userId: 'nobody' } },
    'Mutation.waiveSubUserMfa': { input: { userId: 'nobody', reason: 'lost' } },
    'Mutation.renameUser': { input: { userId: 'nobody', username: 'other', displayName: 'Other' } },
    'Mutation.deleteSubUser': { input: { userId: 'nobody' } },
    'Mutation.setOperationProtection': { input: { userId: 'nobody', enabled: true } },
    'Mutation.eraseUser': { input: { userId: 'nobody' } },
    'Mutation.createAuditToken': {
      input: { name: 'SIEM', scopes: ['READ'], expiresInDays: 1, challengeId: 'nothing' },
    },
    'Mutation.setAccountPolicy': { input: { trustedDeviceDays: 8, codesToEnable: 1, sessionIdleMinutes: 30 } },
    'Query.accountPolicyPreview': { policy: { sessionAbsoluteMinutes: 60 }, days: 1 },
    'Mutation.revokeAuditToken': { input: { tokenId: 'nothing' } },
    'Query.auditTokens': { first: 10 },
    'Query.serviceCredentials': { first: 10 },
    'Mutation.createServiceCredential': { input: { ...machines, challengeId: 'nothing' } },
    'Mutation.revokeServiceCredential': { input: { credentialId: 'nothing', challengeId: 'nothing' } },
    'Mutation.requestOperationVerification': {
      input: { service: 'vm', operation: 'vm:Delete', resource: 'i-1', argumentsDigest: 'A'.repeat(43) },
    },
    'Mutation.redeemVerificationGrant': { input: { grant: 'e.e.e' } },
    'Mutation.assignRole': { input: { userId: 'nobody', role: 'MEMBER' } },
    'Mutation.resetSubUserPassword': { input: { userId: 'nobody', newPassword: password } },
    'Mutation.changePassword': { input: { newPassword: password } },
    'Mutation.revokeSession': { input: { sessionId: 'nothing' } },
  };
});

afterAll(() => service.dispose());

function clientFor(operation: string): Client {
  if (operation === 'Mutation.answerMfaChallenge') return owing;
  if (operation === 'Mutation.redeemVerificationGrant') return caller;
  return ['Mutation.registerAccount', 'Mutation.signIn'].includes(operation) ? service.client() : full;
}

/** An answer that a client can work with, whatever was sent: said what was wrong, and nothing from inside. */
function expectDecent({ status, text, body, headers }: Answer): void {
  expect(status).toBeLessThan(500);
  expect(headers.get('content-type')).toMatch(/json/);
  expect(body).not.toBeNull();
  for (const { message, extensions } of (body.errors ?? []) as Loose[]) {
    expect(extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
    expect(extensions).toStrictEqual({ code: expect.any(String), requestId: headers.get('x-request-id') });
    expect(typeof message).toBe('string');
  }
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d+|stacktrace|SqliteError|SQLITE_/);
}

function isRefused({ body }: Answer, operation: string): boolean {
  const payload = body.data?.[operation.split('.')[1] ?? ''];
  return body.errors !== undefined || payload?.userErrors?.length > 0;
}

async function sendAt(place: Place, value: unknown): Promise<void> {
  const { operation, path } = place;
  const before = (await storedEvents(service)).length;
  const variables = withValueAt(sensible[operation] ?? {}, path, value);
  const answer = await clientFor(operation).send(callOf(schema, operation), variables);
  expectDecent(answer);
  if (operation.startsWith('Query.') || isRefused(answer, operation)) {
    const types = (await storedEvents(service)).slice(before).map(({ type }) => type);
    expect(types.filter((type) => !RECORDED.includes(type))).toStrictEqual([]);
  }
}

it('every operation that takes arguments is tried', () => {
  expect([...new Set(places.map(({ operation }) => operation))].sort()).toStrictEqual(Object.keys(sensible).sort());
  expect(texts.length).toBeGreaterThanOrEqual(25);
});

const named = (list: readonly Place[]) =>
  list.map((place) => [`${place.operation}(${place.path.join('.')})`, place] as const);

describe('whatever text is sent, the answer says what was wrong, and nothing is stored', () => {
  it.each(named(texts))('%s', async (_, place) => {
    const values = place.nullable ? fc.option(nastyText, { freq: 10 }) : nastyText;
    await fc.assert(
      fc.asyncProperty(values, (value) => sendAt(place, value)),
      { numRuns: 12 },
    );
  });
});

describe('whatever is sent in the place of anything else, likewise', () => {
  it.each(named(places))('%s', async (_, place) => {
    await fc.assert(
      fc.asyncProperty(anything, (value) => sendAt(place, value)),
      { numRuns: 8 },
    );
  });
});

it('what is written into the document itself is answered likewise', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(nastyText, fc.string({ unit: 'binary' })), async (value) => {
      const literal = JSON.stringify(value);
      expectDecent(await full.send(`{ user(id: ${literal}) { id } node(id: ${literal}) { id } }`));
      expectDecent(await full.send(`{ user(id: "${value}") { id } }`));
      expectDecent(await full.send(value));
    }),
    { numRuns: 40 },
  );
});

it('cookies and tokens that are nonsense are nobody', async () => {
  const printable = fc.string({
    unit: fc.constantFrom(...Array.from('abcXYZ019.-_~%=!')),
    minLength: 1,
    maxLength: 100,
  });
  await fc.assert(
    fc.asyncProperty(printable, printable, async (cookie, token) => {
      for (const headers of [
        { cookie: `session=${cookie}; known-browser=${token}` },
        { authorization: `Bearer ${token}` },
      ]) {
        const answer = await service.client().send('{ viewer { stage } }', {}, headers);
        expectDecent(answer);
        expect(answer.body.data).toStrictEqual({ viewer: null });
      }
    }),
    { numRuns: 30 },
  );
});
