import { accountEvents } from './account/events.js';
import type { EventOf, EventType, Recorded } from './event.js';
import { mfaEvents } from './mfa/events.js';
import { nameEvents } from './name/events.js';
import { grantEvents } from './operation/events.js';
import { passwordEvents } from './password/events.js';
import { reactionEvents } from './reaction/events.js';
import { sessionEvents } from './session/events.js';
import { userEvents } from './user/events.js';

/** Every event type there is, by name. */
export const catalogue = {
  ...accountEvents,
  ...userEvents,
  ...mfaEvents,
  ...passwordEvents,
  ...sessionEvents,
  ...grantEvents,
  ...nameEvents,
  ...reactionEvents,
};

export type DomainEventType = keyof typeof catalogue;

/** Any event of the domain. */
export type DomainEvent = EventOf<typeof catalogue>;

/** Any event of the domain as it was read from the log. */
export type RecordedEvent = Recorded<DomainEvent>;

/** The events of one or more types. */
export type EventNamed<T extends DomainEventType> = Extract<DomainEvent, { readonly type: T }>;

/** The definition of an event type, or undefined where there is none of this name. */
export function eventTypeNamed(type: string): EventType | undefined {
  return Object.hasOwn(catalogue, type) ? catalogue[type as DomainEventType] : undefined;
}
