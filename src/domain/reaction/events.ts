import { eventType, type EventOf } from '../event.js';
import { id, instant, text } from '../field.js';

export const reactionEvents = {
  ReactionClaimed: eventType(
    'reaction',
    'A node took it on to react to an event; nobody else does until the lease is over.',
    {
      eventId: id('the event that is reacted to'),
      nodeId: id('the node, as it calls itself since it was started'),
      leaseUntil: instant('when another node may take it over'),
    },
  ),
  ReactionDone: eventType('reaction', 'The reaction to an event was carried through.', {
    eventId: id('the event that was reacted to'),
    nodeId: id('the node'),
  }),
  ReactionsReached: eventType(
    'reaction',
    'Every event up to a position was reacted to, as far as it asks for a reaction.',
    {
      position: text('the position in the log, in decimal'),
    },
  ),
};

export type ReactionEvent = EventOf<typeof reactionEvents>;
