import { describe, expect, it } from '@jest/globals';
import { SECOND } from '../../../src/domain/instant.js';
import { reactionDecider, type ClaimReaction } from '../../../src/domain/reaction/decider.js';
import { event, later } from '../../support/builders.js';
import { given, NOW, stateAfter } from '../../support/given.js';

function claim(of: Partial<ClaimReaction> = {}): ClaimReaction {
  return { type: 'ClaimReaction', eventId: 'event', nodeId: 'node', now: NOW, ...of };
}

const finish = { type: 'FinishReaction', eventId: 'event', nodeId: 'node' } as const;
const claimed = event('ReactionClaimed');
const done = event('ReactionDone');

describe('Claiming a reaction', () => {
  it('gives a node thirty seconds for it', () => {
    given(reactionDecider)
      .when(claim({ now: later(1) }))
      .then(event('ReactionClaimed', { leaseUntil: later(30 * SECOND + 1) }));
  });

  it('by another node is refused until the last millisecond of the lease', () => {
    given(reactionDecider, claimed)
      .when(claim({ nodeId: 'other', now: later(30 * SECOND - 1) }))
      .thenRejected('REACTION_TAKEN');
  });

  it('by another node takes it over from the very moment at which the lease is over', () => {
    given(reactionDecider, claimed)
      .when(claim({ nodeId: 'other', now: later(30 * SECOND) }))
      .then(event('ReactionClaimed', { nodeId: 'other', leaseUntil: later(60 * SECOND) }));
  });

  it('again by the same node, which failed in it, is a new lease', () => {
    given(reactionDecider, claimed)
      .when(claim({ now: later(SECOND) }))
      .then(event('ReactionClaimed', { leaseUntil: later(31 * SECOND) }));
  });

  it.each(['node', 'other'])('is refused once it was done, by %s as well', (nodeId) => {
    given(reactionDecider, claimed, done)
      .when(claim({ nodeId, now: later(60 * SECOND) }))
      .thenRejected('REACTION_TAKEN');
  });

  it('belongs to whoever took it over', () => {
    const other = event('ReactionClaimed', { nodeId: 'other', leaseUntil: later(60 * SECOND) });
    given(reactionDecider, claimed, other)
      .when(claim({ now: later(31 * SECOND) }))
      .thenRejected('REACTION_TAKEN');
  });
});

describe('Finishing a reaction', () => {
  it('is recorded', () => {
    given(reactionDecider, claimed).when(finish).then(done);
  });

  it('by a node that was too slow, and did it all the same, is recorded too', () => {
    given(reactionDecider, claimed, event('ReactionClaimed', { nodeId: 'other' }))
      .when(finish)
      .then(done);
  });

  it('writes nothing a second time', () => {
    given(reactionDecider, claimed, done).when(finish).then();
  });
});

describe('How far a process manager has come', () => {
  const reached = event('ReactionsReached', { position: '9' });

  it('is nowhere at first', () => {
    expect(stateAfter(reactionDecider).reached).toBe('0');
  });

  it('is noted', () => {
    given(reactionDecider).when({ type: 'NoteReached', position: '9' }).then(reached);
  });

  it('is compared as a number, and of any size', () => {
    given(reactionDecider, reached)
      .when({ type: 'NoteReached', position: '10' })
      .then(event('ReactionsReached', { position: '10' }));
    given(reactionDecider, event('ReactionsReached', { position: '9007199254740992' }))
      .when({ type: 'NoteReached', position: '9007199254740993' })
      .then(event('ReactionsReached', { position: '9007199254740993' }));
  });

  it.each(['9', '8', '0'])('never goes back (to %s)', (position) => {
    given(reactionDecider, reached).when({ type: 'NoteReached', position }).then();
  });
});
