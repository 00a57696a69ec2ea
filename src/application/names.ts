import { accountDecider, type AbandonRegistration } from '../domain/account/decider.js';
import {
  nameDecider,
  type NameHolder,
  type NameState,
  type ReleaseName,
  type ReserveName,
} from '../domain/name/decider.js';
import type { NameKind } from '../domain/name/events.js';
import type { Rejection } from '../domain/rejection.js';
import { categoryOf } from '../domain/stream.js';
import type { UserCommand } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import { comparable } from '../domain/user/names.js';
import type { UserState } from '../domain/user/state.js';
import type { Application } from './application.js';
import { byNobody } from './authorship.js';
import { execute, load } from './execute.js';
import type { RequestContext } from './request-context.js';

/** A name to look up: an account's alias, a primary's e-mail address, or a sub-user's name within its account. */
export interface Name {
  readonly kind: NameKind;
  /** The account that the name belongs in; null for names that are unique everywhere. */
  readonly within: string | null;
  readonly name: string;
}

/** The name of a sub-user. */
export function usernameIn(accountId: string, name: string): Name {
  return { kind: 'USERNAME', within: accountId, name };
}

/** The digest under which a name is reserved: the log knows no names. */
export function nameDigest(app: Application, { kind, within, name }: Name): string {
  return app.digest('name', JSON.stringify([kind, within, comparable(name)]));
}

/** Who a name is reserved for, whether or not that owner has come about. */
export async function holderOf(app: Application, name: Name): Promise<NameHolder | null> {
  const { state } = await load(app, nameDecider, nameDigest(app, name));
  return state.status === 'RESERVED' ? state : null;
}

function isUnused(user: UserState, name: string): boolean {
  return user.status !== 'ACTIVE' || comparable(user.username ?? '') !== comparable(name);
}

/** Whether a name is set aside for nobody who has it: an owner who has not come about, is gone, or is called otherwise. */
async function isVacant(app: Application, holder: NameHolder, name: string): Promise<boolean> {
  if (categoryOf(holder.owner) === 'user') return isUnused((await load(app, userDecider, holder.userId)).state, name);
  return (await load(app, accountDecider, holder.accountId)).state.status !== 'REGISTERED';
}

/** Whether a name can be had at this moment. */
export async function isFree(app: Application, name: Name): Promise<boolean> {
  const holder = await holderOf(app, name);
  return holder === null || (await isVacant(app, holder, name.name));
}

async function closeAccount(
  app: Application,
  request: RequestContext,
  { accountId, userId }: NameHolder,
): Promise<boolean> {
  const command = (): AbandonRegistration => ({ type: 'AbandonRegistration', accountId, userId });
  const closed = await execute(app, request, { decider: accountDecider, id: accountId, by: byNobody, command });
  return closed.state.status === 'ABANDONED';
}

async function closeUser(
  app: Application,
  request: RequestContext,
  { accountId, userId }: NameHolder,
  name: string,
): Promise<boolean> {
  const closed = await execute(app, request, {
    decider: userDecider,
    id: userId,
    by: byNobody,
    command: ({ state }): UserCommand =>
      state.status === 'ACTIVE' && isUnused(state, name)
        ? { type: 'AbandonRename' }
        : { type: 'AbandonRegistration', accountId, userId },
  });
  return isUnused(closed.state, name);
}

/** Has an owner who has not taken on a name lose the race for it, if it is on its way; answers whether the name is nobody's. */
async function closeOwner(
  app: Application,
  request: RequestContext,
  holder: NameHolder,
  name: string,
): Promise<boolean> {
  return categoryOf(holder.owner) === 'account'
    ? closeAccount(app, request, holder)
    : closeUser(app, request, holder, name);
}

async function isClosed(app: Application, holder: NameHolder): Promise<boolean> {
  const { state } =
    categoryOf(holder.owner) === 'account'
      ? await load(app, accountDecider, holder.accountId)
      : await load(app, userDecider, holder.userId);
  return state.status === 'ABANDONED';
}

async function abandonedOwner(
  app: Application,
  request: RequestContext,
  { state, holder, name }: { readonly state: NameState; readonly holder: NameHolder; readonly name: string },
): Promise<string | null> {
  if (state.status !== 'RESERVED' || state.owner === holder.owner) return null;
  // Whoever was closed itself closes nobody, or of two registrations each could end the other.
  if (await isClosed(app, holder)) return null;
  return (await closeOwner(app, request, state, name)) ? state.owner : null;
}

/** Sets a name aside for an owner who is about to come about; answers the refusal where somebody has it. */
export async function reserveName(
  app: Application,
  request: RequestContext,
  name: Name,
  holder: NameHolder,
): Promise<Rejection | null> {
  const reserved = await execute(app, request, {
    decider: nameDecider,
    id: nameDigest(app, name),
    by: byNobody,
    prepare: ({ state }) => abandonedOwner(app, request, { state, holder, name: name.name }),
    command: ({ prepared: abandoned }): ReserveName => ({ type: 'ReserveName', kind: name.kind, ...holder, abandoned }),
  });
  return reserved.accepted ? null : reserved.rejection;
}

/** Gives a name back that its owner has no more; changes nothing where somebody else has it by now. */
export async function releaseName(app: Application, request: RequestContext, name: Name, owner: string): Promise<void> {
  await execute(app, request, {
    decider: nameDecider,
    id: nameDigest(app, name),
    by: byNobody,
    command: (): ReleaseName => ({ type: 'ReleaseName', owner }),
  });
}
