import { catalogue } from '../domain/catalogue.js';
import type { Field } from '../domain/field.js';
import { TRAIL_EVENT_TYPES, type TrailEventType } from './description.js';

/** Fields that say whose an event is, which is shown of every event, and digests, which say nothing to people. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['accountId', 'userId', 'deviceId', 'secretDigest', 'argumentsDigest']);

/** A field of an event type that is shown in its details. */
export interface ShownField {
  readonly name: string;
  readonly field: Field<unknown>;
}

function shownOf(type: TrailEventType): readonly ShownField[] {
  return Object.entries<Field<unknown>>(catalogue[type].data)
    .filter(([name]) => !NOT_SHOWN.has(name))
    .map(([name, field]) => ({ name, field }));
}

const SHOWN: ReadonlyMap<string, readonly ShownField[]> = new Map(
  TRAIL_EVENT_TYPES.map((type) => [type, shownOf(type)]),
);

/** The fields of an event type that are shown beside what every event has, in the order of the catalogue; digests are not. */
export function shownFields(type: TrailEventType): readonly ShownField[] {
  return SHOWN.get(type) ?? [];
}

/** The data of an event that its type shows; null where it shows none. */
export type Details = Readonly<Record<string, unknown>>;

/** What of an event's data is shown. */
export function detailsOf(type: TrailEventType, data: object): Details | null {
  const shown = shownFields(type);
  if (shown.length === 0) return null;
  const details: Record<string, unknown> = {};
  for (const { name } of shown) details[name] = Reflect.get(data, name);
  return details;
}
