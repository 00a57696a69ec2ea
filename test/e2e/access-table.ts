/** Where a request may stand. */
export const STAGES = ['ANONYMOUS', 'MFA_CHALLENGE', 'FULL'] as const;

export type Stage = (typeof STAGES)[number];

export const PARTIES = ['PRIMARY', 'ADMIN', 'AUDITOR', 'MEMBER'] as const;

export type Party = (typeof PARTIES)[number];

/** How an operation is answered at a stage: admitted, or refused with a code. */
export type Admission = 'ADMITTED' | 'UNAUTHENTICATED' | 'MFA_CHALLENGE_REQUIRED' | 'FORBIDDEN';

/** Who may use an operation. */
export interface Row {
  readonly anonymous: Admission;
  readonly challenge: Admission;
  /** With a full session, by role. */
  readonly full: Readonly<Record<Party, Admission>>;
}

const everybody = { PRIMARY: 'ADMITTED', ADMIN: 'ADMITTED', AUDITOR: 'ADMITTED', MEMBER: 'ADMITTED' } as const;
const nobody = { PRIMARY: 'FORBIDDEN', ADMIN: 'FORBIDDEN', AUDITOR: 'FORBIDDEN', MEMBER: 'FORBIDDEN' } as const;
const readers = { ...everybody, MEMBER: 'FORBIDDEN' } as const;
const managers = { ...readers, AUDITOR: 'FORBIDDEN' } as const;
const signedIn = { anonymous: 'UNAUTHENTICATED', challenge: 'MFA_CHALLENGE_REQUIRED' } as const;

/** Every operation, and who may use it. An operation without a row fails the tests. */
export const ACCESS: Readonly<Record<string, Row>> = {
  'Query.viewer': { anonymous: 'ADMITTED', challenge: 'ADMITTED', full: everybody },
  'Query.node': { ...signedIn, full: everybody },
  'Query.user': { ...signedIn, full: everybody },
  'Query.users': { ...signedIn, full: readers },
  'Query.auditEvents': { ...signedIn, full: readers },
  'Mutation.registerAccount': { anonymous: 'ADMITTED', challenge: 'MFA_CHALLENGE_REQUIRED', full: nobody },
  'Mutation.signIn': { anonymous: 'ADMITTED', challenge: 'MFA_CHALLENGE_REQUIRED', full: nobody },
  'Mutation.answerMfaChallenge': { anonymous: 'UNAUTHENTICATED', challenge: 'ADMITTED', full: nobody },
  'Mutation.signOut': { anonymous: 'UNAUTHENTICATED', challenge: 'ADMITTED', full: everybody },
  'Mutation.startMfaEnrollment': { ...signedIn, full: everybody },
  'Mutation.enableMfa': { ...signedIn, full: everybody },
  'Mutation.cancelMfaEnrollment': { ...signedIn, full: everybody },
  'Mutation.verifyOperation': { ...signedIn, full: everybody },
  'Mutation.createSubUser': { ...signedIn, full: managers },
  'Mutation.unlockUser': { ...signedIn, full: managers },
};

/** What the table says of an operation at a stage. */
export function expected({ anonymous, challenge, full }: Row, stage: Stage, party: Party): Admission {
  if (stage === 'ANONYMOUS') return anonymous;
  return stage === 'MFA_CHALLENGE' ? challenge : full[party];
}
