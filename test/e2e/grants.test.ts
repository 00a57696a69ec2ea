import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { MINUTE } from '../../src/domain/instant.js';
import type { Client, Loose } from '../support/client.js';
import { grantKeyLine } from '../support/grant-keys.js';
import { ask, errorOf, mutate, SERVICE_CREDENTIAL, succeed } from '../support/operations.js';
import { createSubUser, enable, primary, signIn, verified, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { troubledStore } from '../support/troubled-store.js';

const DIGEST = createHash('sha256').update('{"instance":"i-123"}').digest('base64url');
const DELETING = { service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: DIGEST };
const { service: SERVICE, ...WHAT } = DELETING;

let service: TestService;
let account: Account;
let owner: Client;

beforeAll(async () => {
  service = await startService();
  ({ account, client: owner } = await primary(service));
});

afterAll(() => service.dispose());

interface Issued {
  readonly id: string;
  readonly credential: string;
  readonly caller: Client;
}

async function credentialFor(name = SERVICE, client = owner, of: Account = account): Promise<Issued> {
  const input = { name: `The service ${name}`, service: name };
  const made = await verified(client, 'createServiceCredential', input, { password: of.password });
  return { id: made.serviceCredential.id, credential: made.credential, caller: caller(made.credential) };
}

function caller(credential: string, of: Pick<TestService, 'client'> = service): Client {
  return Object.assign(of.client({ userAgent: 'vm/1' }), { token: credential });
}

async function grantFor(client: Client, proof: Loose, wanted: Loose = DELETING): Promise<string> {
  const { challenge } = await succeed(client, 'requestOperationVerification', wanted);
  return (await succeed(client, 'verifyOperation', { challengeId: challenge.id, ...proof })).grant;
}

async function published(of: TestService = service): Promise<Loose> {
  const answer = await fetch(of.url.replace('/graphql', '/.well-known/jwks.json'));
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toStrictEqual([
    ...[200, 'application/jwk-set+json', 'public, max-age=300'],
  ]);
  return answer.json();
}

/** As the other service does it, by the published keys alone. */
async function verify(grant: string, of: TestService = service) {
  return jwtVerify(grant, createLocalJWKSet(await published(of)), {
    ...{ issuer: new URL(of.url).origin, audience: SERVICE, typ: 'verification-grant+jwt', algorithms: ['EdDSA'] },
    currentDate: new Date(service.clock.now()),
  });
}

describe('An operation of another service', () => {
  it('is verified by a code, granted, checked offline, and redeemed once, which the trail says', async () => {
    const { id, caller: vm } = await credentialFor();
    const sam = await createSubUser(owner, account);
    const client = await signIn(service, sam);
    const phone = await enable(service, client);
    const { challenge } = await succeed(client, 'requestOperationVerification', DELETING);
    expect(challenge).toMatchObject({
      ...{ operation: 'SERVICE_OPERATION', methods: ['VIRTUAL_MFA'], serviceOperation: DELETING },
      expiresAt: new Date(Date.parse(service.clock.now()) + 5 * MINUTE).toISOString(),
    });
    expect((await succeed(client, 'requestOperationVerification', DELETING)).challenge.id).toBe(challenge.id);
    const wrong = await mutate(client, 'verifyOperation', { challengeId: challenge.id, code: phone.wrongCode() });
    expect([wrong.refusal, wrong.userError.attemptsLeft, wrong.payload.grant]).toStrictEqual(['WRONG_CODE', 4, null]);
    const input = { challengeId: challenge.id, code: phone.nextCode() };
    const { grant, challenge: answered } = await succeed(client, 'verifyOperation', input);
    expect(answered).toStrictEqual(challenge);
    const { payload } = await verify(grant);
    expect(payload).toMatchObject({
      ...{ sub: sam.userId, account: account.accountId, aud: SERVICE, acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] },
      ...{ operation: WHAT.operation, resource: WHAT.resource, arguments_digest: DIGEST },
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
    const { redemption } = await succeed(vm, 'redeemVerificationGrant', { grant });
    expect(redemption).toStrictEqual({
      ...{ ...WHAT, grantId: payload.jti, userId: sam.userId, redeemedAt: service.clock.now() },
    });
    const again = await mutate(vm, 'redeemVerificationGrant', { grant });
    expect([again.refusal, again.payload.redemption, again.userError.field]).toStrictEqual([
      ...['GRANT_ALREADY_REDEEMED', null, ['input', 'grant']],
    ]);
    const trail = await ask(owner, '{ auditEvents(first: 4) { nodes { type summary actor { kind id name } } } }');
    expect(trail.auditEvents.nodes.map(({ type }: Loose) => type)).toStrictEqual([
      ...['VerificationGrantRedeemed', 'VerificationGrantIssued', 'OperationVerified', 'MfaCodeAccepted'],
    ]);
    expect(trail.auditEvents.nodes[0]).toMatchObject({
      summary: `A grant of ${sam.username} was redeemed by service The service vm`,
      actor: { kind: 'SERVICE_CREDENTIAL', id, name: 'The service vm' },
    });
  });

  it('is asked for at once after another: one grant is good for one', async () => {
    const { caller: vm } = await credentialFor();
    const grant = await grantFor(owner, { password: account.password });
    const second = await grantFor(owner, { password: account.password });
    expect(decodeJwt(second).jti).not.toBe(decodeJwt(grant).jti);
    for (const one of [grant, second]) await succeed(vm, 'redeemVerificationGrant', { grant: one });
  });

  it('is refused with what to do where the request is not right', async () => {
    const wrong = [
      [{ service: 'v m' }, 'INVALID_SERVICE', 'service'],
      [{ operation: '' }, 'INVALID_SERVICE_OPERATION', 'operation'],
      [{ resource: '\u202e' }, 'INVALID_RESOURCE', 'resource'],
      [{ argumentsDigest: 'e3b0c442' }, 'INVALID_ARGUMENTS_DIGEST', 'argumentsDigest'],
      [{ service: 'nobody' }, 'UNKNOWN_SERVICE', 'service'],
    ] as const;
    for (const [input, code, field] of wrong) {
      const { userError } = await mutate(owner, 'requestOperationVerification', { ...DELETING, ...input });
      expect(userError).toMatchObject({ code, field: ['input', field] });
    }
  });

  it('is granted for one account alone, and for five minutes', async () => {
    const { caller: vm } = await credentialFor();
    const other = await primary(service);
    const { caller: foreign } = await credentialFor(SERVICE, other.client, other.account);
    const grant = await grantFor(owner, { password: account.password });
    expect((await mutate(foreign, 'redeemVerificationGrant', { grant })).refusal).toBe('GRANT_INVALID');
    service.clock.advance(5 * MINUTE);
    expect((await mutate(vm, 'redeemVerificationGrant', { grant })).refusal).toBe('GRANT_EXPIRED');
    await expect(verify(grant)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
  });
});

describe('A service credential', () => {
  async function listed(client: Client): Promise<Loose[]> {
    return (await ask(client, `{ serviceCredentials { nodes { ${SERVICE_CREDENTIAL} } } }`)).serviceCredentials.nodes;
  }

  it('is shown once, listed without its secret, and says when it was last used', async () => {
    const keeper = await primary(service);
    const { id, credential, caller: vm } = await credentialFor(SERVICE, keeper.client, keeper.account);
    expect(credential).toMatch(/^vsc_[0-9a-f-]{36}\.[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/);
    const [before] = await listed(keeper.client);
    expect(before).toMatchObject({ id, name: 'The service vm', service: SERVICE, revokedAt: null, lastUsedAt: null });
    const grant = await grantFor(keeper.client, { password: keeper.account.password });
    await succeed(vm, 'redeemVerificationGrant', { grant });
    const [after] = await listed(keeper.client);
    expect(after).toMatchObject({ lastUsedAt: service.clock.now(), createdBy: { username: keeper.account.username } });
    expect(after.lastUsedIp).toMatch(/127\.0\.0\.1|::1/);
    expect(JSON.stringify([before, after])).not.toContain(credential.slice(-43));
    expect(await listed((await primary(service)).client)).toStrictEqual([]);
  });

  it('is void with the answer to its revocation, and answered like one that never was', async () => {
    const keeper = await primary(service);
    const { id, credential, caller: vm } = await credentialFor(SERVICE, keeper.client, keeper.account);
    const { serviceCredential } = await succeed(keeper.client, 'revokeServiceCredential', { credentialId: id });
    expect(serviceCredential.revokedAt).toBe(service.clock.now());
    const shape = async (client: Client) => {
      const { refusal, answer } = await mutate(client, 'redeemVerificationGrant', { grant: 'e.e.e' });
      return [refusal, answer.status, answer.body.errors.map(({ message }: Loose) => message)];
    };
    const void_ = await shape(vm);
    expect(void_[0]).toBe('UNAUTHENTICATED');
    const forms = [`${credential.slice(0, -1)}_`, credential.slice(0, 80), 'vsc_', `vsc_a.b.${'c'.repeat(43)}`];
    for (const form of forms) expect(await shape(caller(form))).toStrictEqual(void_);
  });

  it('is refused with a sentence where its input is not right', async () => {
    const keeper = await primary(service);
    const wrong = [
      [{ name: '\u0007' }, 'INVALID_CREDENTIAL_NAME', 'name'],
      [{ service: 'v m' }, 'INVALID_SERVICE', 'service'],
    ] as const;
    const good = { name: 'Virtual machines', service: SERVICE };
    for (const [input, code, field] of wrong) {
      const { userError } = await mutate(keeper.client, 'createServiceCredential', { ...good, ...input });
      expect(userError).toMatchObject({ code, field: ['input', field] });
    }
  });

  it('together with a cookie is refused: one of the two is meant', async () => {
    const { credential } = await credentialFor();
    const both = Object.assign(owner.copy(), { token: credential });
    expect((await both.send('{ viewer { stage } }')).status).toBe(400);
    const asCookie = service.client();
    asCookie.cookies.set('session', credential);
    expect((await mutate(asCookie, 'redeemVerificationGrant', { grant: 'e.e.e' })).refusal).toBe('UNAUTHENTICATED');
  });
});

describe('The keys that sign grants', () => {
  const services: TestService[] = [];

  afterEach(async () => {
    for (const started of services.splice(0)) await started.stop();
  });

  async function serve(environment: Readonly<Record<string, string>>): Promise<TestService> {
    const { folder, clock } = service;
    const started = await startService(environment, { folder, clock });
    services.push(started);
    return started;
  }

  it('are exchanged without a grant being lost: what an old key signed is verified as long as that is listed', async () => {
    const serveWith = (...lines: readonly string[]) => serve({ GRANT_KEYS: lines.join('\n') });
    const { credential } = await credentialFor();
    const before = await serveWith(grantKeyLine(1));
    const session = await signIn(before, account, 'BEARER');
    const grant = await grantFor(session, { password: account.password });
    const [{ kid: old }] = (await published(before)).keys;
    await before.stop();

    const during = await serveWith(grantKeyLine(1, { isPublic: true }), grantKeyLine(2));
    const kids = (await published(during)).keys.map(({ kid }: Loose) => kid);
    expect([kids.length, kids[0]]).toStrictEqual([2, old]);
    expect(JSON.stringify(await published(during))).not.toMatch(/"d"/);
    const keys = createLocalJWKSet(await published(during));
    expect((await jwtVerify(grant, keys, { currentDate: new Date(service.clock.now()) })).protectedHeader.kid).toBe(
      old,
    );
    await succeed(caller(credential, during), 'redeemVerificationGrant', { grant });
    const there = await signIn(during, account, 'BEARER');
    const next = await grantFor(there, { password: account.password });
    expect((await verify(next, during)).protectedHeader.kid).toBe(kids[1]);
    await during.stop();

    const after = await serveWith(grantKeyLine(2));
    expect((await mutate(caller(credential, after), 'redeemVerificationGrant', { grant })).refusal).toBe(
      'GRANT_INVALID',
    );
    await succeed(caller(credential, after), 'redeemVerificationGrant', { grant: next });
  });

  it('say where the service is reached, as PUBLIC_URL has it', async () => {
    const elsewhere = await serve({ PUBLIC_URL: 'http://mfa.example.com/' });
    const { account: own, client } = await primary(elsewhere);
    await verified(client, 'createServiceCredential', { name: 'vm', service: SERVICE }, own);
    expect(decodeJwt(await grantFor(client, { password: own.password })).iss).toBe('http://mfa.example.com');
  });
});

describe('while the log is away', () => {
  it('no grant is redeemed: whether it was before, or the credential revoked, cannot be told', async () => {
    const log = troubledStore();
    const troubled = await startService({}, { wrapStore: log.wrap });
    try {
      const { account: own, client } = await primary(troubled, 'BEARER');
      const made = await verified(client, 'createServiceCredential', { name: 'vm', service: SERVICE }, own);
      const grant = await grantFor(client, { password: own.password });
      log.trouble('FAILS');
      const { answer } = await mutate(caller(made.credential, troubled), 'redeemVerificationGrant', { grant });
      expect([answer.status, errorOf(answer)]).toStrictEqual([503, 'UNAVAILABLE']);
      log.mend();
    } finally {
      await troubled.dispose();
    }
  });
});
