import { describe, expect, it } from '@jest/globals';
import { CompactSign, createLocalJWKSet, importJWK, jwtVerify, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import type { Grant } from '../../src/domain/operation/grant.js';
import type { VerificationMethod } from '../../src/domain/operation/method.js';
import { parseGrantKeys, type GrantKeys } from '../../src/grants/grant-keys.js';
import { signedGrants } from '../../src/grants/signed-grants.js';
import { grantKeyLine } from '../support/grant-keys.js';

const ISSUER = 'https://mfa.example.com';
const GRANT: Grant = {
  ...{ grantId: '3f1c', accountId: 'acme', userId: 'sam', method: 'VIRTUAL_MFA', service: 'vm' },
  ...{ operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: 'digest' },
  ...{ issuedAt: '2026-01-01T00:00:00.900Z', expiresAt: '2026-01-01T00:05:00.900Z' },
};
const CLAIMS: JWTPayload = {
  ...{ iss: ISSUER, aud: 'vm', sub: 'sam', account: 'acme', jti: '3f1c', iat: 1_767_225_600, exp: 1_767_225_900 },
  ...{ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] },
  ...{ operation: 'vm:DeleteInstance', resource: 'i-123', arguments_digest: 'digest' },
};

async function withKeys(...lines: readonly string[]) {
  const keys = await parseGrantKeys(lines.join('\n'), 'here');
  return { keys, grants: signedGrants(keys, () => ISSUER) };
}

/** As another service verifies it, by the published keys alone. */
function verify(jws: string, { published }: Pick<GrantKeys, 'published'>) {
  return jwtVerify(jws, createLocalJWKSet({ keys: [...published.keys] }), {
    ...{ issuer: ISSUER, audience: 'vm', typ: 'verification-grant+jwt', algorithms: ['EdDSA'] },
    currentDate: new Date(GRANT.issuedAt),
  });
}

describe('A grant', () => {
  it('says who was verified, how, for what and until when, and is verified by the published keys', async () => {
    const { keys, grants } = await withKeys(grantKeyLine(1));
    const { protectedHeader, payload } = await verify(await grants.sign(GRANT), keys);
    expect(protectedHeader).toStrictEqual({ alg: 'EdDSA', typ: 'verification-grant+jwt', kid: keys.signer.kid });
    expect(payload).toStrictEqual(CLAIMS);
  });

  it.each<[VerificationMethod, string, readonly string[]]>([
    ['VIRTUAL_MFA', 'aal2', ['pwd', 'otp', 'mfa']],
    ['RECOVERY_CODE', 'aal2', ['pwd', 'recovery', 'mfa']],
    ['PASSWORD', 'aal1', ['pwd']],
  ])('says how strong a verification by %s is', async (method, acr, amr) => {
    const { keys, grants } = await withKeys(grantKeyLine(1));
    expect((await verify(await grants.sign({ ...GRANT, method }), keys)).payload).toMatchObject({ acr, amr });
  });

  it('is opened with all that its redemption needs', async () => {
    const { grants } = await withKeys(grantKeyLine(1));
    const { method: _method, issuedAt: _issuedAt, ...said } = GRANT;
    expect(await grants.open(await grants.sign(GRANT))).toStrictEqual({
      ...{ ...said, expiresAt: '2026-01-01T00:05:00.000Z' },
    });
  });

  it('by an old key is opened and verified as long as that is listed', async () => {
    const before = await withKeys(grantKeyLine(1));
    const jws = await before.grants.sign(GRANT);
    const during = await withKeys(grantKeyLine(1, { isPublic: true }), grantKeyLine(2));
    expect(await during.grants.open(jws)).not.toBeNull();
    expect((await verify(jws, during.keys)).payload.jti).toBe('3f1c');
    expect((await verify(await during.grants.sign(GRANT), during.keys)).protectedHeader.kid).not.toBe(
      before.keys.signer.kid,
    );
    const later = await withKeys(grantKeyLine(2));
    expect(await later.grants.open(jws)).toBeNull();
    await expect(verify(jws, later.keys)).rejects.toThrow();
  });
});

describe('What is no grant', () => {
  const header = { alg: 'EdDSA', typ: 'verification-grant+jwt' };

  async function key(n: number) {
    return importJWK(JSON.parse(grantKeyLine(n)), 'EdDSA');
  }

  it('is not opened: by another key, of another type, without a signature, or changed', async () => {
    const { keys, grants } = await withKeys(grantKeyLine(1));
    const { kid } = keys.signer;
    const sign = async (claims: JWTPayload, changed: object, by = 1) =>
      new SignJWT(claims).setProtectedHeader({ ...header, kid, ...changed }).sign(await key(by));
    const good = await sign(CLAIMS, {});
    expect(await grants.open(good)).not.toBeNull();
    const [head = '', body = '', signature = ''] = good.split('.');
    const other = Buffer.from(JSON.stringify({ ...CLAIMS, resource: 'i-124' })).toString('base64url');
    const texts = [
      await sign(CLAIMS, {}, 2),
      await sign(CLAIMS, { kid: 'another' }),
      await sign(CLAIMS, { kid: undefined }),
      await sign(CLAIMS, { typ: 'JWT' }),
      await sign(CLAIMS, { typ: undefined }),
      new UnsecuredJWT(CLAIMS).encode(),
      `${head}.${other}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${good}.`,
      ` ${good}`,
      `${good.slice(0, -2)}AA`,
      await new SignJWT(CLAIMS).setProtectedHeader({ ...header, alg: 'HS256', kid }).sign(new Uint8Array(32)),
      await new CompactSign(Buffer.from('no JSON')).setProtectedHeader({ ...header, kid }).sign(await key(1)),
      ...['', '.', '..', 'x'.repeat(10_000), '{"payload":""}'],
    ];
    for (const text of texts) expect([text, await grants.open(text)]).toStrictEqual([text, null]);
  });

  it.each(['aud', 'sub', 'jti', 'exp', 'account', 'operation', 'resource', 'arguments_digest'])(
    'is not opened without %s',
    async (claim) => {
      const { keys, grants } = await withKeys(grantKeyLine(1));
      const { [claim]: _left, ...rest } = CLAIMS;
      const lacking = new SignJWT(rest).setProtectedHeader({ ...header, kid: keys.signer.kid });
      expect(await grants.open(await lacking.sign(await key(1)))).toBeNull();
    },
  );
});
