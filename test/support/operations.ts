import type { Answer, Client, Loose } from './client.js';

/** What a mutation came to. */
export interface Outcome {
  readonly payload: Loose;
  /** The code of what was refused, as a `userErrors` entry or a top-level error; null if it was done. */
  readonly refusal: string | null;
  /** The first entry of `userErrors`, if there is one. */
  readonly userError: Loose;
  readonly answer: Answer;
}

const CHALLENGE =
  'challenge { id methods operation serviceOperation { service operation resource argumentsDigest } expiresAt }';

const USER_ERRORS = `userErrors { __typename code field message
  ... on MfaError { attemptsLeft clockOffsetSeconds } ... on ThrottledError { retryAt }
  ... on VerificationRequiredError { ${CHALLENGE} } }`;

const SIGNED_IN = `... on SignedIn { token viewer { stage acr amr session { id stage createdAt lastSeenAt expiresAt }
  user { id username kind role mfa { enabled deviceName } } } }`;
const STANDING = 'token viewer { stage session { id stage } user { id username } }';
const OUTCOME = `outcome { __typename ${SIGNED_IN} ... on MfaChallengeRequired { methods attemptsLeft expiresAt token }
  ... on MfaEnrollmentRequired { ${STANDING} } ... on PasswordChangeRequired { ${STANDING} } }`;
export const USER = `id kind role username displayName email account { id alias } createdAt
  mfa { enabled required requiredFrom deviceId deviceName enabledAt locked lockedUntil pendingEnrollment { id deviceName expiresAt } }`;

/** What is known of a user's recovery codes and trusted browsers. */
export const RECOVERY = 'recoveryCodesLeft recoveryCodesLow trustedDevices { id since until ip userAgent }';

export const AUDIT_TOKEN = `id name scopes createdAt createdBy { id username } expiresAt revokedAt lastUsedAt lastUsedIp`;

export const SERVICE_CREDENTIAL = `id name service createdAt createdBy { id username } revokedAt lastUsedAt lastUsedIp`;

/** What is asked of each mutation's payload. */
const SELECTIONS: Readonly<Record<string, string>> = {
  registerAccount: 'account { id alias }',
  signIn: OUTCOME,
  answerMfaChallenge: OUTCOME,
  signOut: '',
  cancelAccountRecovery: 'cancelledRecoveryId',
  createSubUser: `user { ${USER} }`,
  startMfaEnrollment: 'enrollment { id deviceName otpauthUri secret qrCode expiresAt }',
  enableMfa: `user { ${USER} } ${OUTCOME} recommendations`,
  cancelMfaEnrollment: `user { ${USER} }`,
  verifyOperation: `${CHALLENGE} grant`,
  generateRecoveryCodes: `recoveryCodes user { ${USER} }`,
  revokeTrustedDevices: `user { ${USER} }`,
  unlockUser: `user { ${USER} }`,
  disableMfa: `user { ${USER} }`,
  requireSubUserMfa: `user { ${USER} }`,
  waiveSubUserMfa: `user { ${USER} }`,
  renameUser: `user { ${USER} }`,
  assignRole: `user { ${USER} }`,
  resetSubUserPassword: `user { ${USER} }`,
  changePassword: `user { ${USER} } ${OUTCOME}`,
  deleteSubUser: 'deletedUserId',
  revokeSession: 'revokedSessionId',
  eraseUser: 'erasedUserId',
  setOperationProtection: `user { ${USER} operationProtection }`,
  setAccountPolicy:
    'policy { trustedDeviceDays codesToEnable sessionIdleMinutes sessionAbsoluteMinutes newSubUsersMustEnableMfa }',
  createAuditToken: `auditToken { ${AUDIT_TOKEN} } token`,
  revokeAuditToken: `auditToken { ${AUDIT_TOKEN} }`,
  createServiceCredential: `serviceCredential { ${SERVICE_CREDENTIAL} } credential`,
  revokeServiceCredential: `serviceCredential { ${SERVICE_CREDENTIAL} }`,
  requestOperationVerification: CHALLENGE,
  redeemVerificationGrant: 'redemption { grantId userId operation resource argumentsDigest redeemedAt }',
};

/** The document of a mutation, with whatever else is to be asked of its payload. */
export function documentOf(name: string, more = ''): string {
  const selection = `${SELECTIONS[name] ?? ''} ${more} ${USER_ERRORS}`;
  if (name === 'signOut' || name === 'cancelAccountRecovery') return `mutation { ${name} { ${selection} } }`;
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${name}(input: $input) { ${selection} } }`;
}

/** The code of the first top-level error of an answer; null if there is none. */
export function errorOf(answer: Answer): string | null {
  return answer.body?.errors?.[0]?.extensions.code ?? null;
}

/** The outcome in a mutation's answer. */
export function outcomeOf(name: string, answer: Answer): Outcome {
  const payload = answer.body?.data?.[name] ?? null;
  const userError = payload?.userErrors[0] ?? null;
  return { payload, userError, refusal: errorOf(answer) ?? userError?.code ?? null, answer };
}

/** Sends a mutation. */
export async function mutate(client: Client, name: string, input?: Loose): Promise<Outcome> {
  return outcomeOf(name, await client.send(documentOf(name), input === undefined ? {} : { input }));
}

/** Sends a mutation that is to be done; its payload. */
export async function succeed(client: Client, name: string, input?: Loose): Promise<Loose> {
  const { payload, refusal, answer } = await mutate(client, name, input);
  if (refusal !== null || payload === null) throw new Error(`${name} was refused: ${answer.text}`);
  return payload;
}

/** Asks a query that is to be answered; its data. */
export async function ask(client: Client, query: string, variables: Loose = {}): Promise<Loose> {
  const answer = await client.send(query, variables);
  if (answer.body?.errors !== undefined || answer.body?.data === undefined) throw new Error(answer.text);
  return answer.body.data;
}

/** The viewer of a client; null where nobody is signed in. */
export async function viewer(client: Client): Promise<Loose> {
  const query = `{ viewer { stage acr amr session { id stage createdAt lastSeenAt expiresAt } user { ${USER} } } }`;
  return (await ask(client, query)).viewer;
}
