import { compactVerify, errors, SignJWT, type CompactJWSHeaderParameters } from 'jose';
import * as z from 'zod';
import type { Grants } from '../application/grants.js';
import { instantOf, millisecondsOf, SECOND } from '../domain/instant.js';
import type { Grant, OpenedGrant } from '../domain/operation/grant.js';
import type { VerificationMethod } from '../domain/operation/method.js';
import type { GrantKeys } from './grant-keys.js';

/** Says what a text is, so that no other token is taken for a grant (RFC 8725 section 3.11). */
const TYPE = 'verification-grant+jwt';

const ALGORITHM = 'EdDSA';

/** What was proven, beside the password of the sign-in: authentication methods by RFC 8176, which has no word for a recovery code. */
const METHODS: Readonly<Record<VerificationMethod, { readonly acr: string; readonly amr: readonly string[] }>> = {
  VIRTUAL_MFA: { acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] },
  RECOVERY_CODE: { acr: 'aal2', amr: ['pwd', 'recovery', 'mfa'] },
  PASSWORD: { acr: 'aal1', amr: ['pwd'] },
};

const text = z.string().min(1);

const claimsSchema = z.object({
  aud: text,
  sub: text,
  jti: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  exp: z.number().int(),
  account: text,
  operation: text,
  resource: text,
  arguments_digest: text,
});

type Claims = z.infer<typeof claimsSchema>;

function claimsOf(grant: Grant): Claims & Readonly<Record<string, unknown>> {
  const { service, userId, accountId, grantId, operation, resource, argumentsDigest } = grant;
  const { acr, amr } = METHODS[grant.method];
  const seconds = (instant: string): number => Math.floor(millisecondsOf(instant) / SECOND);
  return {
    ...{ aud: service, sub: userId, account: accountId, jti: grantId },
    ...{ iat: seconds(grant.issuedAt), exp: seconds(grant.expiresAt), acr, amr },
    ...{ operation, resource, arguments_digest: argumentsDigest },
  };
}

function grantOf(claims: Claims): OpenedGrant {
  const { aud: service, sub: userId, account: accountId, jti: grantId, operation, resource } = claims;
  return {
    ...{ service, userId, accountId, grantId, operation, resource },
    argumentsDigest: claims.arguments_digest,
    expiresAt: instantOf(claims.exp * SECOND),
  };
}

/**
 * Grants as compact JWS, signed by EdDSA with Ed25519 (RFC 7515, RFC 8037). Whoever has the published keys verifies them by itself.
 * @param issuer the address of this service, which is known once it listens
 */
export function signedGrants({ signer, verifiers }: GrantKeys, issuer: () => string): Grants {
  function keyOf({ kid = '', typ }: CompactJWSHeaderParameters) {
    const key = typ === TYPE ? verifiers.get(kid) : undefined;
    if (key === undefined) throw new errors.JWSInvalid('neither a grant nor by a key of ours');
    return key;
  }

  return {
    sign: (grant) =>
      new SignJWT({ iss: issuer(), ...claimsOf(grant) })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: signer.kid })
        .sign(signer.key),
    async open(given) {
      try {
        const { payload } = await compactVerify(given, keyOf, { algorithms: [ALGORITHM] });
        return grantOf(claimsSchema.parse(JSON.parse(new TextDecoder().decode(payload))));
      } catch {
        // Whatever is wrong with it, and whoever made it: it is no grant.
        return null;
      }
    },
  };
}
