import { eventType, type EventOf } from '../event.js';
import { id, oneOf } from '../field.js';

/** What a name names: an account's alias, a primary's e-mail address, a sub-user within its account. */
export const NAME_KINDS = ['ALIAS', 'EMAIL', 'USERNAME'] as const;

export type NameKind = (typeof NAME_KINDS)[number];

export const nameEvents = {
  NameReserved: eventType('name', 'A name was set aside for an owner who is about to come about, or has.', {
    kind: oneOf('what is named', NAME_KINDS),
    accountId: id('the account'),
    userId: id('the user who signs in by this name; for an alias, the primary'),
    owner: id('the stream whose first event makes the reservation final'),
  }),
  NameReleased: eventType('name', 'A name is free again: its owner is gone.', {
    owner: id('the stream that had it'),
  }),
};

export type NameEvent = EventOf<typeof nameEvents>;
