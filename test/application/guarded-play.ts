import { assignRole, resetSubUserPassword } from '../../src/application/manage-user.js';
import { createAuditToken } from '../../src/application/create-audit-token.js';
import type { Challenged } from '../../src/application/guard.js';
import { renameUser } from '../../src/application/rename-user.js';
import { requireSubUserMfa, waiveSubUserMfa } from '../../src/application/require-sub-user-mfa.js';
import { revokeSession } from '../../src/application/revoke-session.js';
import { setOperationProtection } from '../../src/application/set-operation-protection.js';
import { startMfaEnrollment } from '../../src/application/start-mfa-enrollment.js';
import type { DomainEventType } from '../../src/domain/catalogue.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { oneOf } from '../support/interleave.js';
import type { Command } from '../support/world.js';

/** A call of a guarded operation; two that are alike in name and arguments are the same call. */
export interface Call {
  readonly name: string;
  /** Whether it is guarded whatever the settings. */
  readonly always: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What it leaves in the log where it is done, if it changes anything. */
  readonly effect: DomainEventType;
  readonly sent: (challengeId: string | null) => Command<Challenged<object>>;
}

type Commanding = (challengeId: string | null) => Command<Challenged<object>>;

function call(name: string, effect: DomainEventType, given: Call['arguments'], sent: Commanding): Call {
  return { name, effect, arguments: given, sent, always: ALWAYS.has(name) };
}

// Written down once more, so that an operation that is guarded no longer is noticed here.
const ALWAYS: ReadonlySet<string> = new Set(['waive', 'unprotect', 'enroll', 'createToken']);

const calls: readonly ((random: () => number, userId: string, sessionId: string) => Call)[] = [
  (random, userId) => {
    const username = oneOf(random, 'samuel', 'sammy', 'sam');
    return call(
      'rename',
      'UserRenamed',
      { userId, username },
      (challengeId) => (app, request, current) =>
        renameUser(app, request, current, { userId, username, displayName: null, challengeId }),
    );
  },
  (random, userId) => {
    const role = oneOf(random, 'MEMBER', 'ADMIN', 'AUDITOR');
    return call(
      'assign',
      'RoleAssigned',
      { userId, role },
      (challengeId) => (app, request, current) => assignRole(app, request, current, { userId, role, challengeId }),
    );
  },
  (random, userId) => {
    const effective = oneOf(random, 'NEXT_SIGN_IN', 'IMMEDIATELY');
    return call(
      'require',
      'SubUserMfaRequired',
      { userId, effective },
      (challengeId) => (app, request, current) =>
        requireSubUserMfa(app, request, current, { userId, effective, challengeId }),
    );
  },
  (random, userId) => {
    const reason = oneOf(random, 'a reason', 'another one');
    return call(
      'waive',
      'SubUserMfaWaived',
      { userId, reason },
      (challengeId) => (app, request, current) =>
        waiveSubUserMfa(app, request, current, { userId, reason, challengeId }),
    );
  },
  (_, userId) =>
    call(
      'reset',
      'PasswordReset',
      { userId },
      (challengeId) => (app, request, current) =>
        resetSubUserPassword(app, request, current, { userId, newPassword: 'a password for once', challengeId }),
    ),
  (_, userId, sessionId) =>
    call(
      'revoke',
      'SessionEnded',
      { sessionId },
      (challengeId) => (app, request, current) => revokeSession(app, request, current, { sessionId, challengeId }),
    ),
  (_, userId) =>
    call(
      'enroll',
      'MfaEnrollmentStarted',
      { userId },
      (challengeId) => (app, request, current) =>
        startMfaEnrollment(app, request, current, { userId, deviceName: 'Phone', challengeId }),
    ),
  (random) => {
    const name = oneOf(random, 'SIEM', 'archive');
    const input = { name, scopes: ['READ'], expiresInDays: 1 } as const;
    return call(
      'createToken',
      'AuditTokenCreated',
      { name },
      (challengeId) => (app, request, current) => createAuditToken(app, request, current, { ...input, challengeId }),
    );
  },
  () =>
    call(
      'unprotect',
      'OperationProtectionDisabled',
      {},
      (challengeId) => (app, request, current) =>
        setOperationProtection(app, request, current, { userId: null, enabled: false, challengeId }),
    ),
];

/** Switches the operation protection of whoever sends it on; it is not guarded. */
export const protecting: Command<object> = (app, request, current) =>
  setOperationProtection(app, request, current, { userId: null, enabled: true, challengeId: null });

/** A guarded call by chance: on a user, or on a session. */
export function someCall(random: () => number, userId: string, sessionId: string): Call {
  const make = calls[Math.floor(random() * calls.length)];
  if (make === undefined) throw new Error('there is no call of this number');
  return make(random, userId, sessionId);
}

/** Whether two calls are the same, by what they do and to whom. */
export function isSame(one: Call, other: Call): boolean {
  return one.name === other.name && JSON.stringify(one.arguments) === JSON.stringify(other.arguments);
}

/** Verifications by a recovery code that no code was used up for in the same request, or one that had been used before. */
export function unproven(events: readonly LoggedEvent[]): readonly string[] {
  const fresh = new Map<string, string>();
  const places = new Set<string>();
  return events.flatMap((event) => {
    const { requestId } = event.metadata;
    if (event.type === 'RecoveryCodeUsed') {
      const place = `${event.data.codeSetId} ${event.data.place}`;
      if (!places.has(place)) fresh.set(requestId, event.data.challengeId);
      places.add(place);
    }
    const isByCode = event.type === 'OperationVerified' && event.data.method === 'RECOVERY_CODE';
    return isByCode && fresh.get(requestId) !== event.data.challengeId ? [`${event.type} in ${requestId}`] : [];
  });
}
