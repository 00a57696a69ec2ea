import type { Loose } from '../support/client.js';
import { documentOf } from '../support/operations.js';

const NOBODY = 'no-such-id';
const OF_NOBODY = { userId: NOBODY };

/** A call of each operation that changes nothing, whoever makes it; signing out is the exception. */
export const CALLS: Readonly<Record<string, { readonly query: string; readonly variables?: Loose }>> = {
  'Query.viewer': { query: '{ viewer { stage } }' },
  'Query.node': { query: `{ node(id: "${NOBODY}") { id } }` },
  'Query.user': { query: `{ user(id: "${NOBODY}") { id } }` },
  'Query.users': { query: '{ users { nodes { id } } }' },
  'Query.mfaCoverage': { query: '{ mfaCoverage { users overdueUsers { id } } }' },
  'Query.mfaCoverageSeries': { query: '{ mfaCoverageSeries(since: "2020-01-01T00:00:00Z") { users } }' },
  'Query.mfaStateAt': { query: `{ mfaStateAt(userId: "${NOBODY}", at: "2020-01-01T00:00:00Z") { existence } }` },
  'Query.exposures': { query: '{ exposures { nodes { id } } }' },
  'Query.auditEvents': { query: '{ auditEvents { nodes { id } } }' },
  'Query.auditCheckpoint': { query: '{ auditCheckpoint { size } }' },
  'Query.auditInclusionProof': { query: `{ auditInclusionProof(eventId: "${NOBODY}") { treeSize } }` },
  'Query.auditConsistencyProof': { query: '{ auditConsistencyProof(fromSize: 0) { toSize } }' },
  'Query.serviceCredentials': { query: '{ serviceCredentials { nodes { id } } }' },
  'Query.auditTokens': { query: '{ auditTokens { nodes { id } } }' },
  'Query.accountPolicyPreview': { query: '{ accountPolicyPreview(policy: {}) { until } }' },
  'AuditEvent.summary': { query: '{ auditEvents(first: 1) { nodes { summary } } }' },
  'Viewer.user': { query: '{ viewer { user { id } } }' },
  'Viewer.mfaChallenge': { query: '{ viewer { mfaChallenge { attemptsLeft } } }' },
  'Viewer.accountRecovery': { query: '{ viewer { accountRecovery { notBefore } } }' },
  'Account.policy': { query: '{ viewer { user { account { policy { codesToEnable } } } } }' },
  'User.sessions': { query: '{ viewer { user { sessions { nodes { id } } } } }' },
  'Mutation.registerAccount': mutation('registerAccount', { alias: '', email: '', password: '' }),
  'Mutation.signIn': mutation('signIn', { username: 'nobody', password: 'nothing' }),
  'Mutation.answerMfaChallenge': mutation('answerMfaChallenge', { code: '' }),
  'Mutation.signOut': { query: documentOf('signOut') },
  'Mutation.startMfaEnrollment': mutation('startMfaEnrollment', { deviceName: '' }),
  'Mutation.enableMfa': mutation('enableMfa', { enrollmentId: NOBODY, code: '' }),
  'Mutation.cancelMfaEnrollment': mutation('cancelMfaEnrollment', { enrollmentId: NOBODY }),
  'Mutation.verifyOperation': mutation('verifyOperation', { challengeId: NOBODY }),
  'Mutation.changePassword': mutation('changePassword', { newPassword: '' }),
  'Mutation.disableMfa': mutation('disableMfa', {}),
  'Mutation.generateRecoveryCodes': mutation('generateRecoveryCodes', {}),
  'Mutation.revokeTrustedDevices': mutation('revokeTrustedDevices', {}),
  'Mutation.revokeSession': mutation('revokeSession', { sessionId: NOBODY }),
  'Mutation.cancelAccountRecovery': { query: documentOf('cancelAccountRecovery') },
  'Mutation.setOperationProtection': mutation('setOperationProtection', { enabled: false }),
  'Mutation.createSubUser': mutation('createSubUser', { username: '', password: '' }),
  'Mutation.unlockUser': mutation('unlockUser', OF_NOBODY),
  'Mutation.requireSubUserMfa': mutation('requireSubUserMfa', OF_NOBODY),
  'Mutation.waiveSubUserMfa': mutation('waiveSubUserMfa', OF_NOBODY),
  'Mutation.assignRole': mutation('assignRole', { ...OF_NOBODY, role: 'MEMBER' }),
  'Mutation.resetSubUserPassword': mutation('resetSubUserPassword', { ...OF_NOBODY, newPassword: '' }),
  'Mutation.renameUser': mutation('renameUser', OF_NOBODY),
  'Mutation.deleteSubUser': mutation('deleteSubUser', OF_NOBODY),
  'Mutation.eraseUser': mutation('eraseUser', OF_NOBODY),
  'Mutation.setAccountPolicy': mutation('setAccountPolicy', { codesToEnable: 3 }),
  'Mutation.createAuditToken': mutation('createAuditToken', { name: '', scopes: [] }),
  'Mutation.revokeAuditToken': mutation('revokeAuditToken', { tokenId: NOBODY }),
  'Mutation.createServiceCredential': mutation('createServiceCredential', { name: '', service: '' }),
  'Mutation.revokeServiceCredential': mutation('revokeServiceCredential', { credentialId: NOBODY }),
  'Mutation.requestOperationVerification': mutation('requestOperationVerification', {
    ...{ service: '', operation: '', resource: '', argumentsDigest: '' },
  }),
  'Mutation.redeemVerificationGrant': mutation('redeemVerificationGrant', { grant: '' }),
  'Subscription.auditEventRecorded': { query: 'subscription { auditEventRecorded { id } }' },
};

function mutation(name: string, input: Loose): { readonly query: string; readonly variables: Loose } {
  return { query: documentOf(name), variables: { input } };
}
