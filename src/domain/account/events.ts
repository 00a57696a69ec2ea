import { eventType, type EventOf } from '../event.js';
import { id } from '../field.js';

/** Closes the stream of an owner who never came about, so that its names can be taken over; a slow owner then loses. */
export const registrationAbandoned = eventType(
  ['account', 'user'],
  'A registration that was begun and never finished was closed, and its names given to somebody else.',
  {
    accountId: id('the account'),
    userId: id('the user who was to be created'),
  },
);

export const accountEvents = {
  PrimaryAccountRegistered: eventType(
    'account',
    'A primary account came about; its primary can sign in from now on.',
    {
      accountId: id('the account'),
      userId: id('the user of the primary account'),
    },
    ['alias'],
  ),
  RegistrationAbandoned: registrationAbandoned,
};

export type AccountEvent = EventOf<typeof accountEvents>;
