import { LONGEST_SESSION_MINUTES } from '../../domain/account/policy.js';
import { after, MINUTE } from '../../domain/instant.js';
import { standingOf, type Standing, type StandingFacts } from '../../domain/session/standing.js';
import type { AuditQueries } from '../audit/audit-queries.js';
import type { SessionQueries } from '../sessions/session-queries.js';
import type { UserQueries } from '../users/user-queries.js';
import { challengedSignIns, pastSessions, type PastSession, type Trial } from './past-sessions.js';
import { readTrail, type Pause } from './read-trail.js';
import { tallyOf, type Tally } from './tally.js';

/** Whom a policy would concern, as far as the last days tell. */
export interface PolicyPreview {
  /** Sub-users who are still there and would have had to enable MFA from their creation on; they had not. */
  readonly newSubUsersForced: Tally;
  /** Those of them who have no device. */
  readonly newSubUsersWithoutDevice: Tally;
  /** Sessions that are open, and would end at once. */
  readonly openSessionsEnding: Tally;
  /** Sessions that are open, and would owe a code at once. */
  readonly openSessionsChallenged: Tally;
  /** Sessions that were used after they would have ended. */
  readonly pastSessionsCutShort: Tally;
  /** Sign-ins that would have been asked for a code. */
  readonly pastSignInsChallenged: Tally;
}

/** What a preview is computed from. */
export interface PreviewModels {
  readonly audit: AuditQueries;
  readonly sessions: SessionQueries;
  readonly users: UserQueries;
}

interface Creation {
  readonly userId: string;
  readonly seq: number;
}

/** What it costs to look at one user, or at one session. */
const COST_OF_LOOK = 0.5;

/** Whether a requirement stood before its user did. */
function wasRequired({ audit, accountId }: Trial, { userId, seq }: Creation): boolean {
  const filter = { types: ['SubUserMfaRequired'], subjectId: userId };
  const [first] = audit.follow(accountId, filter, -1, 1).views;
  return first !== undefined && first.seq < seq;
}

/** Sub-users of these days who are still there, and whom nobody required to have a device as they were created. */
async function unrequired(models: PreviewModels, trial: Trial): Promise<{ userId: string; hasDevice: boolean }[]> {
  const { accountId, since } = trial;
  const created: Creation[] = [];
  await readTrail(trial, { types: ['UserCreated'], since }, ({ subjectId, seq, details }) => {
    if (subjectId !== null && details?.kind === 'SUB_USER') created.push({ userId: subjectId, seq });
  });
  const found: { userId: string; hasDevice: boolean }[] = [];
  for (const creation of created) {
    const user = models.users.byId(accountId, creation.userId);
    await trial.pause(COST_OF_LOOK);
    if (user === null || wasRequired(trial, creation)) continue;
    found.push({ userId: user.userId, hasDevice: user.deviceId !== null });
  }
  return found;
}

/** What would become of a session at once: the rule that ends sessions is asked, with the other policy; null: nothing. */
function fateOf(facts: StandingFacts, { policy, now }: Trial): Standing | null {
  const [before, tried] = [standingOf(facts, now), standingOf({ ...facts, policy }, now)];
  return before === tried || before === 'ENDED' ? null : tried;
}

/** Sessions that are open now and would not go on as they do. */
async function openSessions({ sessions }: PreviewModels, trial: Trial, began: readonly PastSession[]) {
  // No session is open that began before that, whatever the policy.
  const oldest = after(trial.now, -LONGEST_SESSION_MINUTES * MINUTE);
  const fates: { readonly userId: string; readonly fate: Standing | null }[] = [];
  for (const { sessionId, userId, startedAt } of began) {
    const facts = startedAt < oldest ? null : sessions.factsOf(sessionId);
    if (facts === null) continue;
    fates.push({ userId, fate: fateOf(facts, trial) });
    await trial.pause(COST_OF_LOOK);
  }
  const whose = (wanted: Standing) => fates.filter(({ fate }) => fate === wanted).map(({ userId }) => userId);
  return { ending: whose('ENDED'), challenged: whose('MFA_CHALLENGE') };
}

/**
 * Whom a policy would concern: from what happened in the account since a moment, at a cost that is bounded by that. It
 * changes nothing.
 */
export async function previewPolicy(
  models: PreviewModels,
  wanted: Omit<Trial, 'audit' | 'pause'>,
  pause: Pause,
): Promise<PolicyPreview> {
  const trial = { ...wanted, audit: models.audit, pause };
  const began = await pastSessions(trial);
  const open = await openSessions(models, trial, began);
  const forced = trial.policy.newSubUsersNeedMfa ? await unrequired(models, trial) : [];
  const challenged = await challengedSignIns(trial, began);
  const userIdsOf = (of: readonly { readonly userId: string }[]) => of.map(({ userId }) => userId);
  return {
    newSubUsersForced: tallyOf(userIdsOf(forced)),
    newSubUsersWithoutDevice: tallyOf(userIdsOf(forced.filter(({ hasDevice }) => !hasDevice))),
    openSessionsEnding: tallyOf(open.ending),
    openSessionsChallenged: tallyOf(open.challenged),
    pastSessionsCutShort: tallyOf(userIdsOf(began.filter(({ cutShort }) => cutShort))),
    pastSignInsChallenged: tallyOf(userIdsOf(challenged)),
  };
}
