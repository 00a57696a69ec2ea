import type { SessionStage } from '../../src/domain/session/standing.js';

/** Where a request may stand. */
export const STAGES = ['ANONYMOUS', 'MFA_CHALLENGE', 'PASSWORD_CHANGE', 'MFA_ENROLLMENT', 'FULL'] as const;

export type Stage = 'ANONYMOUS' | SessionStage;

export const PARTIES = ['PRIMARY', 'ADMIN', 'AUDITOR', 'MEMBER'] as const;

export type Party = (typeof PARTIES)[number];

const REFUSALS = {
  ANONYMOUS: 'UNAUTHENTICATED',
  MFA_CHALLENGE: 'MFA_CHALLENGE_REQUIRED',
  PASSWORD_CHANGE: 'PASSWORD_CHANGE_REQUIRED',
  MFA_ENROLLMENT: 'MFA_ENROLLMENT_REQUIRED',
  FULL: 'FORBIDDEN',
} as const satisfies Record<Stage, string>;

/** How an operation is answered: admitted, refused with a code, or out of reach, since what it is a field of is null. */
export type Admission = 'ADMITTED' | 'UNREACHABLE' | (typeof REFUSALS)[Stage];

/** The codes of all refusals. */
export const REFUSAL_CODES: readonly string[] = Object.values(REFUSALS);

/** Who may use an operation: who is admitted at each stage. Where nothing is stated, nobody is. */
export type Row = Partial<Record<Stage, readonly Party[] | 'UNREACHABLE'>>;

const everybody = PARTIES;
const readers = ['PRIMARY', 'ADMIN', 'AUDITOR'] as const;
const managers = ['PRIMARY', 'ADMIN'] as const;
const primary = ['PRIMARY'] as const;
const signedIn = {
  MFA_CHALLENGE: everybody,
  PASSWORD_CHANGE: everybody,
  MFA_ENROLLMENT: everybody,
  FULL: everybody,
} as const;
const enrolling = { MFA_ENROLLMENT: everybody, FULL: everybody } as const;

/** Every root field, and every field that has a resolver of its own. One without a row fails the tests. */
export const ACCESS: Readonly<Record<string, Row>> = {
  'Query.viewer': { ANONYMOUS: everybody, ...signedIn },
  'Query.node': { FULL: everybody },
  'Query.user': { FULL: everybody },
  'Query.users': { FULL: readers },
  'Query.mfaCoverage': { FULL: readers },
  'Query.mfaCoverageSeries': { FULL: readers },
  'Query.mfaStateAt': { FULL: everybody },
  'Query.exposures': { FULL: readers },
  'Query.auditEvents': { FULL: readers },
  'Query.auditCheckpoint': { FULL: readers },
  'Query.auditInclusionProof': { FULL: readers },
  'Query.auditConsistencyProof': { FULL: readers },
  'Query.auditTokens': { FULL: readers },
  'Query.serviceCredentials': { FULL: readers },
  'Query.accountPolicyPreview': { FULL: primary },
  'AuditEvent.summary': { FULL: readers },
  'Viewer.user': { ANONYMOUS: 'UNREACHABLE', ...signedIn },
  'Viewer.mfaChallenge': { ANONYMOUS: 'UNREACHABLE', ...signedIn },
  'Viewer.accountRecovery': { ANONYMOUS: 'UNREACHABLE', ...signedIn },
  'Account.policy': {
    ANONYMOUS: 'UNREACHABLE',
    MFA_CHALLENGE: 'UNREACHABLE',
    PASSWORD_CHANGE: 'UNREACHABLE',
    FULL: readers,
  },
  'User.sessions': {
    ANONYMOUS: 'UNREACHABLE',
    MFA_CHALLENGE: 'UNREACHABLE',
    PASSWORD_CHANGE: 'UNREACHABLE',
    FULL: everybody,
  },
  'Mutation.registerAccount': { ANONYMOUS: everybody },
  'Mutation.signIn': { ANONYMOUS: everybody },
  'Mutation.answerMfaChallenge': { MFA_CHALLENGE: everybody },
  'Mutation.signOut': signedIn,
  'Mutation.startMfaEnrollment': enrolling,
  'Mutation.enableMfa': enrolling,
  'Mutation.cancelMfaEnrollment': enrolling,
  'Mutation.verifyOperation': enrolling,
  'Mutation.changePassword': { PASSWORD_CHANGE: everybody, FULL: everybody },
  'Mutation.disableMfa': { FULL: everybody },
  'Mutation.generateRecoveryCodes': { FULL: everybody },
  'Mutation.revokeTrustedDevices': { FULL: everybody },
  'Mutation.revokeSession': { FULL: everybody },
  'Mutation.cancelAccountRecovery': { FULL: primary },
  'Mutation.setOperationProtection': { FULL: everybody },
  'Mutation.createSubUser': { FULL: managers },
  'Mutation.unlockUser': { FULL: managers },
  'Mutation.requireSubUserMfa': { FULL: managers },
  'Mutation.waiveSubUserMfa': { FULL: managers },
  'Mutation.assignRole': { FULL: managers },
  'Mutation.resetSubUserPassword': { FULL: managers },
  'Mutation.renameUser': { FULL: managers },
  'Mutation.deleteSubUser': { FULL: managers },
  'Mutation.eraseUser': { FULL: primary },
  'Mutation.createAuditToken': { FULL: primary },
  'Mutation.revokeAuditToken': { FULL: primary },
  'Mutation.createServiceCredential': { FULL: primary },
  'Mutation.revokeServiceCredential': { FULL: primary },
  'Mutation.requestOperationVerification': { FULL: everybody },
  // By a service credential alone.
  'Mutation.redeemVerificationGrant': {},
  'Mutation.setAccountPolicy': { FULL: primary },
  'Subscription.auditEventRecorded': { FULL: readers },
};

/** What a program may use by an audit token with the scope READ; `viewer` is null to it. Everything else it is forbidden. */
export const BY_AUDIT_TOKEN: readonly string[] = [
  ...['Query.viewer', 'Query.node', 'Query.auditEvents', 'AuditEvent.summary'],
  ...['Query.mfaCoverage', 'Query.mfaCoverageSeries', 'Query.mfaStateAt', 'Query.exposures'],
  ...['Query.auditCheckpoint', 'Query.auditInclusionProof', 'Query.auditConsistencyProof'],
  'Subscription.auditEventRecorded',
];

/** What a service may use by its credential. Everything else it is forbidden. */
export const BY_SERVICE_CREDENTIAL: readonly string[] = ['Mutation.redeemVerificationGrant'];

/** What an `AUDITOR` may change: its own security. */
export const OWN_SECURITY: readonly string[] = [
  ...['Mutation.signOut', 'Mutation.revokeSession', 'Mutation.changePassword', 'Mutation.verifyOperation'],
  ...['Mutation.startMfaEnrollment', 'Mutation.enableMfa', 'Mutation.cancelMfaEnrollment', 'Mutation.disableMfa'],
  // Whether another service then does something for it, that service decides.
  'Mutation.requestOperationVerification',
  ...['Mutation.generateRecoveryCodes', 'Mutation.revokeTrustedDevices'],
  'Mutation.setOperationProtection',
];

/** What the table says of an operation at a stage. */
export function expected(row: Row, stage: Stage, party: Party): Admission {
  const admitted = row[stage] ?? [];
  if (admitted === 'UNREACHABLE') return admitted;
  return admitted.includes(party) ? 'ADMITTED' : REFUSALS[stage];
}

/** Where there can be somebody: nobody sets the primary's password, or requires MFA of it. */
export const CELLS: readonly (readonly [stage: Stage, party: Party])[] = STAGES.flatMap((stage) =>
  PARTIES.filter((party) => party !== 'PRIMARY' || (stage !== 'PASSWORD_CHANGE' && stage !== 'MFA_ENROLLMENT')).map(
    (party) => [stage, party] as const,
  ),
);
