import { passwordDecider, type CheckPassword, type PasswordState } from '../domain/password/decider.js';
import { userDecider } from '../domain/user/decider.js';
import type { ActiveUser, UserState } from '../domain/user/state.js';
import type { Instant } from '../domain/instant.js';
import type { Application } from './application.js';
import { byStranger } from './authorship.js';
import { executeAs, type Acting } from './execute-as.js';
import { execute, load, type Executed } from './execute.js';
import { browserKnownTo } from './known-browser.js';
import type { RequestContext } from './request-context.js';

/** A password that was compared with that of a user as it was known before. */
export interface ComparedPassword {
  readonly user: ActiveUser;
  readonly matches: boolean;
}

/** Whether a password is a user's; for nobody, or where the hash is gone, the same work is done and the answer is no. */
export async function matchesPassword(app: Application, user: ActiveUser | null, password: string): Promise<boolean> {
  const hash = user && (await app.vault.get({ kind: 'password', id: user.credentialId }));
  return app.passwords.verify(hash && Buffer.from(hash).toString(), password);
}

function commandOf(
  app: Application,
  { knownBrowser }: RequestContext,
  { user, matches }: ComparedPassword,
  { userNow, now }: { readonly userNow: UserState; readonly now: Instant },
): CheckPassword {
  const { accountId, userId, credentialId } = user;
  const isCurrent = userNow.status === 'ACTIVE' && userNow.credentialId === credentialId;
  const browserId = browserKnownTo(app, knownBrowser, userId);
  return { type: 'CheckPassword', accountId, userId, browserId, matches, isCurrent, now };
}

/** Counts a password that a stranger gave in its budget; a right one is refused as well while that backs off. */
export async function countStrangersPassword(
  app: Application,
  request: RequestContext,
  compared: ComparedPassword,
): Promise<Executed<PasswordState>> {
  const { user } = compared;
  return execute(app, request, {
    ...{ decider: passwordDecider, id: user.userId, by: byStranger(user) },
    prepare: () => load(app, userDecider, user.userId),
    command: ({ prepared: { state: userNow }, now }) => commandOf(app, request, compared, { userNow, now }),
  });
}

/** The same for a password that the user of a session gave. */
export async function countOwnPassword(
  app: Application,
  request: RequestContext,
  acting: Acting,
  compared: ComparedPassword,
): Promise<Executed<PasswordState>> {
  return executeAs(app, request, acting, {
    ...{ decider: passwordDecider, id: compared.user.userId },
    command: ({ now }, { user: userNow }) => commandOf(app, request, compared, { userNow, now }),
  });
}
