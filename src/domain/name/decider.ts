import { accept, reject, type Decider, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import type { Rejection } from '../rejection.js';
import type { NameEvent, NameKind } from './events.js';

/** Who a name belongs to. `owner` is the stream whose first event makes the reservation final. */
export interface NameHolder {
  readonly accountId: string;
  readonly userId: string;
  readonly owner: string;
}

export type NameState = { readonly status: 'FREE' } | ({ readonly status: 'RESERVED' } & NameHolder);

/** Sets a name aside; `abandoned` is an owner stream that was found closed, if there is one. */
export interface ReserveName extends NameHolder {
  readonly type: 'ReserveName';
  readonly kind: NameKind;
  readonly abandoned: string | null;
}

/** Gives a name back, if its owner still has it. */
export interface ReleaseName {
  readonly type: 'ReleaseName';
  readonly owner: string;
}

const TAKEN: Readonly<Record<NameKind, Rejection>> = {
  ALIAS: { code: 'ALIAS_TAKEN' },
  EMAIL: { code: 'EMAIL_TAKEN' },
  USERNAME: { code: 'USERNAME_TAKEN' },
};

function decide(command: ReserveName | ReleaseName, state: NameState): Decision<NameEvent> {
  if (command.type === 'ReserveName') return reserve(command, state);
  const { owner } = command;
  if (state.status !== 'RESERVED' || state.owner !== owner) return accept();
  return accept({ type: 'NameReleased', data: { owner }, personal: null });
}

function reserve(command: ReserveName, state: NameState): Decision<NameEvent> {
  const { kind, accountId, userId, owner } = command;
  // One's own reservation is made again: whoever is just taking it over, since it was not used, then loses that race.
  const taken = state.status === 'RESERVED' && state.owner !== owner && state.owner !== command.abandoned;
  if (taken) return reject(TAKEN[kind]);
  return accept({ type: 'NameReserved', data: { kind, accountId, userId, owner }, personal: null });
}

function evolve(_: NameState, event: Recorded<NameEvent>): NameState {
  if (event.type === 'NameReleased') return { status: 'FREE' };
  const { accountId, userId, owner } = event.data;
  return { status: 'RESERVED', accountId, userId, owner };
}

/** The rules of a name: one owner at a time; a reservation whose owner never came about can be taken over. */
export const nameDecider: Decider<NameState, ReserveName | ReleaseName, NameEvent> = {
  category: 'name',
  initial: { status: 'FREE' },
  decide,
  evolve,
};
