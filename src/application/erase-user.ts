import { checkDemand } from '../domain/authority.js';
import type { EraseUser } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import { VaultError } from '../vault/vault.js';
import type { Application } from './application.js';
import { actingOn, executeAs } from './execute-as.js';
import { load } from './execute.js';
import { doGuarded, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** What is stored will be done: where the vault does not answer, the reaction to the event destroys the key later. */
async function destroyKey(app: Application, personId: string): Promise<void> {
  try {
    await app.vault.destroy({ kind: 'person', id: personId });
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
  }
}

/**
 * Has the personal values of a deleted user forgotten: the key that they are sealed under is destroyed, with the answer if the
 * vault is there, soon after if not. From the event on no node opens them. Asked again, it changes nothing, and destroys what is left.
 */
export async function eraseUser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: { readonly userId: string; readonly challengeId: string | null },
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const { state: user } = await load(app, userDecider, input.userId);
  const subject = user.status === 'ACTIVE' || user.status === 'DELETED' ? user : null;
  const { userId, personId } = subject ?? { userId: '', personId: '' };
  const erasing = actingOn(current, { userId, personId }, 'ERASE');
  const refusal = checkDemand(erasing.demand, current, user);
  if (refusal !== null) return refused(refusal);
  const call = { operation: 'ERASE_USER', arguments: { userId }, challengeId: input.challengeId } as const;
  return doGuarded({ app, request, acting: erasing }, call, async (acting) => {
    const erased = await executeAs(app, request, acting, {
      ...{ decider: userDecider, id: userId },
      command: (): EraseUser => ({ type: 'EraseUser' }),
    });
    if (!erased.accepted) return refused(erased.rejection);
    await destroyKey(app, personId);
    return done({ userId });
  });
}
