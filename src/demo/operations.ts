/** An operation of the GraphQL contract, as this client uses it. */
export interface Operation {
  /** The root field. */
  readonly name: string;
  readonly document: string;
  /** Whether what is given is the one `input` of a mutation, or the variables as they are. */
  readonly takes: 'INPUT' | 'VARIABLES';
}

const USER_ERRORS = `userErrors {
    __typename code message
    ... on MfaError { attemptsLeft }
    ... on ThrottledError { retryAt }
    ... on VerificationRequiredError { challenge { id operation methods } }
  }`;

const OUTCOME = `outcome {
    __typename
    ... on SignedIn { token viewer { stage acr amr } }
    ... on MfaEnrollmentRequired { token viewer { stage acr amr } }
    ... on MfaChallengeRequired { token methods attemptsLeft expiresAt }
  }`;

function mutation(name: string, inputType: string, selection: string): Operation {
  const document = `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${selection} ${USER_ERRORS} } }`;
  return { name, document, takes: 'INPUT' };
}

function operation(name: string, document: string): Operation {
  return { name, document, takes: 'VARIABLES' };
}

export const registerAccount = mutation('registerAccount', 'RegisterAccountInput', 'account { id alias }');
export const signIn = mutation('signIn', 'SignInInput', OUTCOME);
export const answerMfaChallenge = mutation('answerMfaChallenge', 'AnswerMfaChallengeInput', OUTCOME);
export const signOut = operation('signOut', `mutation { signOut { ${USER_ERRORS} } }`);
export const startMfaEnrollment = mutation(
  'startMfaEnrollment',
  'StartMfaEnrollmentInput',
  'enrollment { id deviceName expiresAt otpauthUri secret qrCode }',
);
export const enableMfa = mutation(
  'enableMfa',
  'EnableMfaInput',
  `user { username mfa { enabled deviceName } } ${OUTCOME} recommendations`,
);
export const verifyOperation = mutation(
  'verifyOperation',
  'VerifyOperationInput',
  'challenge { id operation expiresAt }',
);
export const disableMfa = mutation(
  'disableMfa',
  'DisableMfaInput',
  'user { username mfa { enabled required deviceName } }',
);
export const createSubUser = mutation(
  'createSubUser',
  'CreateSubUserInput',
  'user { id kind role username mfa { enabled required } }',
);
export const requireSubUserMfa = mutation(
  'requireSubUserMfa',
  'RequireSubUserMfaInput',
  'user { username mfa { enabled required requiredFrom } }',
);

export const deleteSubUser = mutation('deleteSubUser', 'DeleteSubUserInput', 'deletedUserId');
export const eraseUser = mutation('eraseUser', 'EraseUserInput', 'erasedUserId');
export const createAuditToken = mutation(
  'createAuditToken',
  'CreateAuditTokenInput',
  'token auditToken { name scopes expiresAt }',
);

export const setOperationProtection = mutation(
  'setOperationProtection',
  'SetOperationProtectionInput',
  'user { username operationProtection }',
);
export const assignRole = mutation('assignRole', 'AssignRoleInput', 'user { username role }');
export const generateRecoveryCodes = mutation('generateRecoveryCodes', 'GenerateRecoveryCodesInput', 'recoveryCodes');
export const createServiceCredential = mutation(
  'createServiceCredential',
  'CreateServiceCredentialInput',
  'credential serviceCredential { name service }',
);
export const requestOperationVerification = mutation(
  'requestOperationVerification',
  'RequestOperationVerificationInput',
  'challenge { id operation methods }',
);
export const verifyServiceOperation = mutation('verifyOperation', 'VerifyOperationInput', 'challenge { id } grant');
export const redeemVerificationGrant = mutation(
  'redeemVerificationGrant',
  'RedeemVerificationGrantInput',
  'redemption { grantId operation resource }',
);

export const viewer = operation(
  'viewer',
  '{ viewer { stage acr session { id } user { username kind role mfa { enabled required deviceName } } } }',
);
export const users = operation(
  'users',
  '{ users(orderBy: { by: USERNAME }) { nodes { username kind role mfa { enabled required deviceName } } } }',
);
export const mfaCoverage = operation(
  'mfaCoverage',
  '{ mfaCoverage { users enabled required overdue share overdueUsers { username } } }',
);
export const auditEvents = operation(
  'auditEvents',
  `query ($filter: AuditEventFilter, $first: Int, $after: String) {
    auditEvents(filter: $filter, first: $first, after: $after) {
      nodes { seq occurredAt type actor { kind name } subject { name } outcome reason }
      pageInfo { hasNextPage endCursor }
    }
  }`,
);

export const checkpoint = operation('auditCheckpoint', '{ auditCheckpoint { origin size rootHash note } }');
export const exposures = operation(
  'exposures',
  '{ exposures { nodes { user { name } cause openedBy { type actor { name } } seconds ending } } }',
);
export const mfaStateAt = operation(
  'mfaStateAt',
  `query ($userId: ID!, $at: DateTime!) {
    mfaStateAt(userId: $userId, at: $at) { at existence enabled required deviceName }
  }`,
);
