import { accountDecider, type AbandonRegistration } from '../domain/account/decider.js';
import { nameDecider, type NameHolder, type NameState, type ReserveName } from '../domain/name/decider.js';
import type { NameKind } from '../domain/name/events.js';
import type { Rejection } from '../domain/rejection.js';
import { categoryOf } from '../domain/stream.js';
import { userDecider } from '../domain/user/decider.js';
import { comparable } from '../domain/user/names.js';
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

/** The digest under which a name is reserved: the log knows no names. */
export function nameDigest(app: Application, { kind, within, name }: Name): string {
  return app.digest('name', JSON.stringify([kind, within, comparable(name)]));
}

/** Who a name is reserved for, whether or not that owner has come about. */
export async function holderOf(app: Application, name: Name): Promise<NameHolder | null> {
  const { state } = await load(app, nameDecider, nameDigest(app, name));
  return state.status === 'RESERVED' ? state : null;
}

/** Whether the owner of a reservation has not come about (yet, or for ever). */
async function isVacant(app: Application, holder: NameHolder): Promise<boolean> {
  const { state } =
    categoryOf(holder.owner) === 'account'
      ? await load(app, accountDecider, holder.accountId)
      : await load(app, userDecider, holder.userId);
  return state.status === 'NONE' || state.status === 'ABANDONED';
}

/** Whether a name can be had at this moment. */
export async function isFree(app: Application, name: Name): Promise<boolean> {
  const holder = await holderOf(app, name);
  return holder === null || (await isVacant(app, holder));
}

/** Closes the stream of an owner who never came about, so that a slow one loses; answers whether the owner is gone. */
async function closeOwner(app: Application, request: RequestContext, holder: NameHolder): Promise<boolean> {
  const { accountId, userId } = holder;
  const command = (): AbandonRegistration => ({ type: 'AbandonRegistration', accountId, userId });
  const closed =
    categoryOf(holder.owner) === 'account'
      ? await execute(app, request, { decider: accountDecider, id: accountId, by: byNobody, command })
      : await execute(app, request, { decider: userDecider, id: userId, by: byNobody, command });
  return closed.state.status === 'ABANDONED';
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
  { state, holder }: { readonly state: NameState; readonly holder: NameHolder },
): Promise<string | null> {
  if (state.status !== 'RESERVED' || state.owner === holder.owner) return null;
  // Whoever was closed itself closes nobody, or of two registrations each could end the other.
  if (await isClosed(app, holder)) return null;
  return (await closeOwner(app, request, state)) ? state.owner : null;
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
    command: async ({ state }): Promise<ReserveName> => ({
      type: 'ReserveName',
      kind: name.kind,
      ...holder,
      abandoned: await abandonedOwner(app, request, { state, holder }),
    }),
  });
  return reserved.accepted ? null : reserved.rejection;
}
