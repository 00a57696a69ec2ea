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

async function isSeedNamed(app: Application, userId: string, deviceId: string): Promise<boolean> {
  const { state: mfa } = await load(app, mfaDecider, userId);
  const isPending = mfa.pending?.deviceId === deviceId && !isReached(mfa.pending.expiresAt, app.now());
  return isPending || mfa.device?.deviceId === deviceId;
}

async function isCodeSetNamed(app: Application, userId: string, codeSetId: string): Promise<boolean> {
  const { state: mfa } = await load(app, mfaDecider, userId);
  return mfa.recoveryCodes.live?.codeSetId === codeSetId;
}

/** Whether a live stream names a secret. A person's key outlives its user: it goes when the person is erased. */
async function isNamed(app: Application, { kind, id }: SecretEntry): Promise<boolean> {
  const userId = ownerOf(id);
  const { state: user } = await load(app, userDecider, userId);
  if (!(await hasComeAbout(app, user)) || (user.status !== 'ACTIVE' && user.status !== 'DELETED')) return false;
  if (kind === 'person') return user.personId === id && !isErased(user);
  if (user.status === 'DELETED') return false;
  if (kind === 'password') return user.credentialId === id;
  return kind === 'recovery' ? isCodeSetNamed(app, userId, id) : isSeedNamed(app, userId, id);
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
