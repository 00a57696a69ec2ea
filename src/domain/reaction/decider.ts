import { accept, reject, type Decider, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import { after, isReached, SECOND, type Instant } from '../instant.js';
import type { ReactionEvent } from './events.js';

/** How long a node has for a reaction before another may take it over. */
export const REACTION_LEASE = 30 * SECOND;

/** One process manager's reaction to one event; or, in a stream of its own, how far it has come in the log. */
export interface ReactionState {
  readonly claim: { readonly nodeId: string; readonly until: Instant } | null;
  readonly done: boolean;
  /** In decimal; `0` at the beginning. */
  readonly reached: string;
}

export interface ClaimReaction {
  readonly type: 'ClaimReaction';
  readonly eventId: string;
  readonly nodeId: string;
  readonly now: Instant;
}

export interface FinishReaction {
  readonly type: 'FinishReaction';
  readonly eventId: string;
  readonly nodeId: string;
}

export interface NoteReached {
  readonly type: 'NoteReached';
  readonly position: string;
}

export type ReactionCommand = ClaimReaction | FinishReaction | NoteReached;

function claim({ eventId, nodeId, now }: ClaimReaction, state: ReactionState): Decision<ReactionEvent> {
  const held = state.claim !== null && state.claim.nodeId !== nodeId && !isReached(state.claim.until, now);
  if (state.done || held) return reject({ code: 'REACTION_TAKEN' });
  const leaseUntil = after(now, REACTION_LEASE);
  return accept({ type: 'ReactionClaimed', data: { eventId, nodeId, leaseUntil }, personal: null });
}

function decide(command: ReactionCommand, state: ReactionState): Decision<ReactionEvent> {
  switch (command.type) {
    case 'ClaimReaction':
      return claim(command, state);
    case 'FinishReaction': {
      const { eventId, nodeId } = command;
      return state.done ? accept() : accept({ type: 'ReactionDone', data: { eventId, nodeId }, personal: null });
    }
    case 'NoteReached': {
      const { position } = command;
      if (BigInt(position) <= BigInt(state.reached)) return accept();
      return accept({ type: 'ReactionsReached', data: { position }, personal: null });
    }
  }
}

function evolve(state: ReactionState, event: Recorded<ReactionEvent>): ReactionState {
  switch (event.type) {
    case 'ReactionClaimed':
      return { ...state, claim: { nodeId: event.data.nodeId, until: event.data.leaseUntil } };
    case 'ReactionDone':
      return { ...state, done: true };
    case 'ReactionsReached':
      return { ...state, reached: event.data.position };
  }
}

/** The rules of reactions: at least once, by one node at a time, again by another only where a lease ran out. */
export const reactionDecider: Decider<ReactionState, ReactionCommand, ReactionEvent> = {
  category: 'reaction',
  initial: { claim: null, done: false, reached: '0' },
  decide,
  evolve,
};
