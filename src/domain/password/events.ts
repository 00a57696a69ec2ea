import { eventType, type EventOf } from '../event.js';
import { count, id, instant, nullable } from '../field.js';

const subject = {
  accountId: id('the account'),
  userId: id('the user whose password it is'),
  browserId: nullable(id('the browser, if this user had signed in with it before; it has a budget of its own')),
};

export const passwordEvents = {
  PasswordRejected: eventType('password', 'A password was not right.', {
    ...subject,
    consecutiveFailures: count('wrong passwords in a row in this budget, this one included'),
  }),
  PasswordBackOffStarted: eventType('password', 'Passwords of this budget are not accepted for a while.', {
    ...subject,
    until: instant('when they are again'),
    consecutiveFailures: count('wrong passwords in a row that led to it'),
  }),
  PasswordAccepted: eventType('password', 'A right password ended a run of wrong ones.', subject),
  PasswordBackOffCleared: eventType('password', 'All budgets of this user were set back by whoever may unlock it.', {
    accountId: id('the account'),
    userId: id('the user whose password it is'),
  }),
};

export type PasswordEvent = EventOf<typeof passwordEvents>;
