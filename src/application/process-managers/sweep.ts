import { setImmediate as nextTurn } from 'node:timers/promises';
import { accountDecider } from '../../domain/account/decider.js';
import { after, HOUR, isReached } from '../../domain/instant.js';
import { mfaDecider } from '../../domain/mfa/decider.js';
import { userDecider } from '../../domain/user/decider.js';
import { isErased, type UserState } from '../../domain/user/state.js';
import type { SecretEntry, SecretKind } from '../../vault/vault.js';
import type { Application } from '../application.js';
import { load } from '../execute.js';
import { ownerOf } from '../owned-id.js';

/** Younger secrets are left alone: the event that names them may be on its way. */
const YOUNG = HOUR;
const PAGE = 500;
/** What belongs to users; the check of the key ring belongs to nobody. */
const SWEPT: readonly SecretKind[] = ['seed', 'password', 'person', 'recovery'];

async function hasComeAbout(app: Application, user: UserState): Promise<boolean> {
  if (user.status !== 'ACTIVE' && user.status !== 'DELETED') return false;
  if (user.kind === 'SUB_USER') return true;
  return (await load(app, accountDecider, user.accountId)).state.status === 'REGISTERED';
}

/** Whether a user's MFA names a secret of its own: a pending or enabled device, recovery codes that are not void. */
async function isNamedByMfa(app: Application, userId: string, { kind, id }: SecretEntry): Promise<boolean> {
  const { pending, device, recoveryCodes } = (await load(app, mfaDecider, userId)).state;
  if (kind === 'recovery') return recoveryCodes.live?.codeSetId === id;
  const isPending = pending?.deviceId === id && !isReached(pending.expiresAt, app.now());
  return isPending || device?.deviceId === id;
}

/** Whether a live stream names a secret. A person's key outlives its user: it goes when the person is erased. */
async function isNamed(app: Application, entry: SecretEntry): Promise<boolean> {
  const { kind, id } = entry;
  const userId = ownerOf(id);
  const { state: user } = await load(app, userDecider, userId);
  if (!(await hasComeAbout(app, user)) || (user.status !== 'ACTIVE' && user.status !== 'DELETED')) return false;
  if (kind === 'person') return user.personId === id && !isErased(user);
  if (user.status === 'DELETED') return false;
  return kind === 'password' ? user.credentialId === id : isNamedByMfa(app, userId, entry);
}

async function sweepKind(app: Application, kind: SecretKind, signal: AbortSignal | undefined): Promise<number> {
  const createdBefore = after(app.now(), -YOUNG);
  let destroyed = 0;
  let last = '';
  for (;;) {
    const entries = await app.vault.list({ kind, createdBefore, after: last, limit: PAGE });
    for (const entry of entries) {
      // Requests have their turn between two secrets: what is read from a file is read without waiting.
      await nextTurn();
      if (signal?.aborted === true) return destroyed;
      if (await isNamed(app, entry)) continue;
      await app.vault.destroy(entry);
      destroyed += 1;
    }
    const end = entries.at(-1);
    if (end === undefined || entries.length < PAGE) return destroyed;
    last = end.id;
  }
}

/**
 * Destroys what is older than an hour and named by no live stream: orphans, expired enrollments, deleted users; answers how
 * much. Once the signal is given, it ends before the next secret.
 */
export async function sweepVault(app: Application, signal?: AbortSignal): Promise<number> {
  let destroyed = 0;
  for (const kind of SWEPT) destroyed += await sweepKind(app, kind, signal);
  return destroyed;
}
