import { addressRange, type AddressRange } from '../../audit/address-range.js';
import type { SqliteConnection } from '../../sqlite/connection.js';
import type { Condition } from '../page.js';
import { conditionsOf, typesOf, type AuditFilter, type FilterPart, type Numbers } from './audit-filter.js';
import { lookupsInBlocks, type Lookup, type Places, type Stretch } from './lookups.js';
import { openNameSearch, type NameFound } from './names.js';
import { openOriginSearch } from './origins.js';
import { openPeople, type People } from './people.js';
import type { TermReader } from './terms.js';

/** How a filter is answered: by lookups, or along the trail where they are null; and what is left to ask of each row then. */
export interface Plan {
  readonly lookups: readonly Lookup[] | null;
  readonly rest: readonly Condition[];
}

/** Lookups that answer parts of a filter. */
interface Option {
  readonly lookups: readonly Lookup[];
  readonly parts: readonly FilterPart[];
}

/** Lookups that one page is worth; what would take more is read along the trail. */
const MOST_LOOKUPS = 400;

/** Names whose bearers are looked up: what they did and what was done to them has types of which each is looked for. */
const MOST_NAMES = 50;

/** Finds how to answer a filter in a trail; null where nothing can be found. */
export type PlanFor = (stretch: Stretch, filter: AuditFilter) => Plan | null;

type Find = TermReader['numberOf'];

const UNKNOWN = 0;

/** The number of an id; `UNKNOWN`, which no term has, where the trails have never said it; null where none is given. */
function numberOf(id: string | undefined, find: Find): number | null {
  return id === undefined ? null : (find(id) ?? UNKNOWN);
}

/** What a filter names, in numbers. */
function numbersOf(filter: AuditFilter, find: Find): Numbers {
  return {
    types: typesOf(filter)?.flatMap((type) => find(type) ?? []) ?? null,
    actor: numberOf(filter.actorId, find),
    subject: numberOf(filter.subjectId, find),
    device: numberOf(filter.deviceId, find),
    session: numberOf(filter.sessionId, find),
  };
}

/** Whether nothing can be found: of no type, or of something that the trails have never said. */
function isVain({ types, actor, subject, device, session }: Numbers): boolean {
  return types?.length === 0 || [actor, subject, device, session].includes(UNKNOWN);
}

/** Indexes by one key each, of what a filter names. */
function singleOptions({ session, device }: Numbers): Option[] {
  return [
    ...(session === null ? [] : [optionOf(['session'], [{ index: 'session', keys: [session] }])]),
    ...(device === null ? [] : [optionOf(['device'], [{ index: 'device', keys: [device] }])]),
  ];
}

function optionOf(parts: readonly FilterPart[], lookups: readonly Lookup[]): Option {
  return { parts, lookups };
}

/** By whom, about whom and of which types: a person's indexes have the type before the place. */
function peopleOptions(people: People, trail: number, { actor, subject, types }: Numbers): Option[] {
  const typed = types === null ? [] : (['types'] as const);
  const options: Option[] = [];
  if (actor !== null) options.push(optionOf(['actor', ...typed], people.actor(trail, actor, types)));
  if (subject !== null) options.push(optionOf(['subject', ...typed], people.subject(trail, subject, types)));
  if (options.length === 0 && types !== null) {
    const lookups = types.map((type): Lookup => ({ index: 'type', keys: [type] }));
    options.push(optionOf(['types'], lookups));
  }
  return options;
}

/** What was done by, to or with whatever had the name, while it had it. */
function lookupsOf(
  people: People,
  trail: number,
  { owner, kind, since, until }: NameFound,
  { types }: Numbers,
): Lookup[] {
  const bounds = { above: since - 1, ...(until !== null && { below: until }) };
  const lookups: Lookup[] =
    kind === 'DEVICE'
      ? [{ index: 'device', keys: [owner] }]
      : [...people.actor(trail, owner, types), ...people.byOthers(trail, owner, types)];
  return lookups.map((lookup) => ({ ...lookup, ...bounds }));
}

/** Null where more has such a name than a page is worth; `found` has one more then. */
function searchOption(people: People, trail: number, found: readonly NameFound[], numbers: Numbers): Option | null {
  const lookups: Lookup[] = [];
  if (found.length > MOST_NAMES) return null;
  for (const name of found) {
    lookups.push(...lookupsOf(people, trail, name, numbers));
    if (lookups.length > MOST_LOOKUPS) return null;
  }
  // Of a device all is looked up, whatever its type.
  const typed = found.every(({ kind }) => kind !== 'DEVICE');
  return optionOf(typed ? ['search', 'types'] : ['search'], lookups);
}

function originOption(origins: readonly number[]): Option | null {
  if (origins.length > MOST_LOOKUPS) return null;
  return { parts: ['ip'], lookups: origins.map((origin) => ({ index: 'origin', keys: [origin] })) };
}

/** The option that has the fewest places in a stretch; of several that have many, the first. */
function narrowest(options: readonly Option[], stretch: Stretch, places: Places): Option | null {
  const [first, ...others] = options;
  if (first === undefined || others.length === 0) return first ?? null;
  const counted = options.map((option) => ({ option, count: places.count(stretch, option.lookups) }));
  return counted.reduce((least, other) => (other.count < least.count ? other : least)).option;
}

/** Opens the search for the index that answers a filter by the fewest looks. */
export function openPlans(database: SqliteConnection, terms: TermReader, places: Places): PlanFor {
  const searchNames = openNameSearch(database, MOST_NAMES + 1);
  const searchOrigins = openOriginSearch(database, MOST_LOOKUPS + 1);
  const people = openPeople(database);

  function optionsOf(stretch: Stretch, filter: AuditFilter, range: AddressRange | null, numbers: Numbers): Option[] {
    const { trail } = stretch;
    const { requestId, search } = filter;
    const options = [
      // Ids that end alike are told apart row by row.
      requestId === undefined ? null : optionOf([], lookupsInBlocks('request', requestId, stretch)),
      ...singleOptions(numbers),
      range && originOption(searchOrigins(trail, range)),
      search === undefined ? null : searchOption(people, trail, searchNames(trail, search), numbers),
      ...peopleOptions(people, trail, numbers),
    ];
    return options.filter((option) => option !== null);
  }

  return (stretch, filter) => {
    const numbers = numbersOf(filter, terms.numberOf);
    const range = filter.ip === undefined ? null : addressRange(filter.ip);
    if (isVain(numbers) || (filter.ip !== undefined && range === null)) return null;
    const option = narrowest(optionsOf(stretch, filter, range, numbers), stretch, places);
    const rest = [...conditionsOf(filter, numbers)].filter(([part]) => option?.parts.includes(part) !== true);
    return { lookups: option?.lookups ?? null, rest: rest.map(([, condition]) => condition) };
  };
}
