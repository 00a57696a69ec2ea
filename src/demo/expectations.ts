import { z } from 'zod';

/** Nothing was refused. */
const nothingRefused = z.tuple([]);

/** A payload that did what it was asked for, with these results. */
export function done<T extends z.ZodRawShape>(results: T) {
  return z.object({ ...results, userErrors: nothingRefused });
}

/** One refusal with its code, and more about it. */
export function refused<T extends z.ZodRawShape>(code: string, more: T) {
  return z.object({ userErrors: z.tuple([z.object({ code: z.literal(code), ...more })]) });
}

/** A wrong code, with what is left of its challenge. */
export function wrongCode(attemptsLeft: number) {
  return refused('WRONG_CODE', { __typename: z.literal('MfaError'), attemptsLeft: z.literal(attemptsLeft) });
}

/** The session is full, by so much (NIST SP 800-63B): `aal1` a password, `aal2` a second factor as well. */
export function signedIn(acr: 'aal1' | 'aal2') {
  const viewer = z.object({ stage: z.literal('FULL'), acr: z.literal(acr) });
  return done({ outcome: z.object({ __typename: z.literal('SignedIn'), viewer }) });
}

/** By a code of the device and, where there are recovery codes, by one of these. */
const byDevice = z.tuple([z.literal('VIRTUAL_MFA')], z.literal('RECOVERY_CODE'));

/** The password was right, and a code is owed. */
export const challenged = done({
  outcome: z.object({
    __typename: z.literal('MfaChallengeRequired'),
    methods: byDevice,
    attemptsLeft: z.literal(5),
  }),
});

/** A set-up with its seed in three forms. */
export const enrollmentStarted = done({
  enrollment: z
    .object({
      id: z.string(),
      otpauthUri: z.string().startsWith('otpauth://totp/'),
      secret: z.string().regex(/^[A-Z2-7]{32}$/),
      qrCode: z.string().startsWith('<svg'),
    })
    .refine(({ otpauthUri, secret }) => new URL(otpauthUri).searchParams.get('secret') === secret, {
      error: 'the key URI and the text must have the same seed',
    }),
});

/** The password was right, and a device has to be enabled before anything else. */
export const enrollmentOwed = done({
  outcome: z.object({
    __typename: z.literal('MfaEnrollmentRequired'),
    viewer: z.object({ stage: z.literal('MFA_ENROLLMENT') }),
  }),
});

/** A challenge has to be answered first, with a code. */
export const verificationRequired = refused('VERIFICATION_REQUIRED', {
  __typename: z.literal('VerificationRequiredError'),
  challenge: z.object({ id: z.string(), methods: byDevice }),
});

/** The MFA of a user, as far as it is given. */
export function userWithMfa(mfa: Readonly<Record<string, boolean | string>>) {
  const fields = Object.entries(mfa).map(([name, value]) => [name, z.literal(value)]);
  return z.object({ mfa: z.object(Object.fromEntries(fields) as z.ZodRawShape) });
}

const advice = z.array(z.string()).refine((given) => given.includes('OPERATION_PROTECTION'), {
  error: 'the protection of sensitive operations must be recommended',
});

/** The device of somebody else is enabled; the session of whoever did it stays as it is. */
export const mfaEnabledForAnother = done({
  user: userWithMfa({ enabled: true }),
  outcome: z.null(),
  recommendations: advice,
});

/** The device is enabled, the session has risen, and there is advice. */
export const mfaEnabled = signedIn('aal2').extend({
  user: userWithMfa({ enabled: true }),
  recommendations: advice,
});

/** A page of the audit trail. */
export const trailPage = z.object({
  nodes: z.array(
    z.object({
      seq: z.int(),
      occurredAt: z.string(),
      type: z.string(),
      actor: z.object({ kind: z.string(), name: z.string().nullable() }),
      subject: z.object({ name: z.string().nullable() }).nullable(),
      outcome: z.enum(['SUCCESS', 'FAILURE']),
      reason: z.string().nullable(),
    }),
  ),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
});

export type TrailEvent = z.infer<typeof trailPage>['nodes'][number];
