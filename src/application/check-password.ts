import { passwordDecider, type CheckPassword, type PasswordState } from '../domain/password/decider.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Application } from './application.js';
import { execute, type Authorship, type Executed } from './execute.js';
import { browserKnownTo } from './known-browser.js';
import type { RequestContext } from './request-context.js';

/** Whether a password is a user's; for nobody, or where the hash is gone, the same work is done and the answer is no. */
export async function matchesPassword(app: Application, user: ActiveUser | null, password: string): Promise<boolean> {
  const hash = user && (await app.vault.get({ kind: 'password', id: user.credentialId }));
  return app.passwords.verify(hash && Buffer.from(hash).toString(), password);
}

/** Counts a password that was compared in its budget; a right one is refused as well while that backs off. */
export async function countPassword(
  app: Application,
  request: RequestContext,
  by: Authorship,
  { user, matches }: { readonly user: ActiveUser; readonly matches: boolean },
): Promise<Executed<PasswordState>> {
  const { accountId, userId } = user;
  const browserId = browserKnownTo(app, request.knownBrowser, userId);
  return execute(app, request, {
    decider: passwordDecider,
    id: userId,
    by,
    command: (): CheckPassword => ({
      type: 'CheckPassword',
      ...{ accountId, userId, browserId, matches },
      now: app.now(),
    }),
  });
}
