import { addressRange, type AddressRange } from '../../audit/address-range.js';
import { TRAIL_EVENT_TYPES } from '../../audit/description.js';
import type { Database } from 'better-sqlite3';
import type { Condition } from '../page.js';
import { conditionsOf, typesOf, type AuditFilter, type FilterPart, type Numbers } from './audit-filter.js';
import type { FindPlaces, Lookup, Stretch } from './lookups.js';
import { openNameSearch, type NameFound } from './names.js';
import { openOriginSearch } from './origins.js';
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

/** Up to so many places it is counted how many lookups have, to find the option that has the fewest. */
const WORTH_COUNTING = 500;

/** Finds how to answer a filter in a trail; null where nothing can be found. */
export type PlanFor = (stretch: Stretch, filter: AuditFilter) => Plan | null;

type Find = TermReader['numberOf'];

/** What a filter names, in numbers; null where it names something that the trails have never said. */
function numbersOf(filter: AuditFilter, find: Find): Numbers | null {
  const named = typesOf(filter);
  const types = named && named.flatMap((type) => find(type) ?? []);
  const ids = [filter.actorId, filter.subjectId, filter.deviceId, filter.sessionId];
  const unknown = ids.some((id) => id !== undefined && find(id) === null);
  if (unknown || types?.length === 0) return null;
  const [actor, subject, device, session] = ids.map((id) => (id === undefined ? null : find(id)));
  return { types, actor: actor ?? null, subject: subject ?? null, device: device ?? null, session: session ?? null };
}

function typed(index: 'actor' | 'subject', person: number, types: readonly number[]): Lookup[] {
  return types.map((type) => ({ index, keys: [person, type] }));
}

/** Indexes by one key each, of what a filter names. */
function singleOptions({ requestId }: AuditFilter, { session, device }: Numbers): Option[] {
  return [
    ...(requestId === undefined ? [] : [{ parts: [], lookups: [{ index: 'request' as const, keys: [requestId] }] }]),
    ...(session === null
      ? []
      : [{ parts: ['session' as const], lookups: [{ index: 'session' as const, keys: [session] }] }]),
    ...(device === null
      ? []
      : [{ parts: ['device' as const], lookups: [{ index: 'device' as const, keys: [device] }] }]),
  ];
}

/** By whom and of which types: a person's indexes have the type before the place. */
function peopleOptions({ actor, subject, types }: Numbers, every: readonly number[]): Option[] {
  const options: Option[] = [];
  if (actor !== null && types !== null)
    options.push({ parts: ['actor', 'types'], lookups: typed('actor', actor, types) });
  if (actor !== null && types === null)
    options.push({ parts: ['actor'], lookups: [{ index: 'actorAlone', keys: [actor] }] });
  if (subject !== null)
    options.push({ parts: ['subject', 'types'], lookups: typed('subject', subject, types ?? every) });
  if (actor === null && subject === null && types !== null)
    options.push({ parts: ['types'], lookups: types.map((type) => ({ index: 'type', keys: [type] })) });
  return options;
}

/** What was done by, to or with whatever had the name, while it had it. */
function lookupsOf({ owner, kind, since, until }: NameFound, types: readonly number[] | null): Lookup[] {
  const bounds = { above: since - 1, ...(until !== null && { below: until }) };
  const alone = (index: 'actorAlone' | 'other' | 'device'): Lookup => ({ index, keys: [owner], ...bounds });
  if (kind === 'DEVICE') return [alone('device')];
  if (types === null) return kind === 'TOKEN' ? [alone('actorAlone')] : [alone('actorAlone'), alone('other')];
  return [...typed('actor', owner, types), ...typed('subject', owner, types)].map((lookup) => ({
    ...lookup,
    ...bounds,
  }));
}

function searchOption(found: readonly NameFound[], types: readonly number[] | null): Option | null {
  if (found.length > MOST_LOOKUPS) return null;
  const devices = found.some(({ kind }) => kind === 'DEVICE');
  const byType = found.flatMap((name) => lookupsOf(name, types));
  if (byType.length <= MOST_LOOKUPS) {
    return { lookups: byType, parts: types === null || devices ? ['search'] : ['search', 'types'] };
  }
  const lookups = found.flatMap((name) => lookupsOf(name, null));
  return lookups.length <= MOST_LOOKUPS ? { lookups, parts: ['search'] } : null;
}

function originOption(origins: readonly number[]): Option | null {
  if (origins.length > MOST_LOOKUPS) return null;
  return { parts: ['ip'], lookups: origins.map((origin) => ({ index: 'origin', keys: [origin] })) };
}

/** The option that has the fewest places in a stretch; of several that have many, the first. */
function narrowest(options: readonly Option[], stretch: Stretch, find: FindPlaces): Option | null {
  const [first, ...others] = options;
  if (first === undefined || others.length === 0) return first ?? null;
  const counted = options.map((option) => ({
    option,
    count: find(stretch, option.lookups, WORTH_COUNTING).length,
  }));
  return counted.reduce((least, other) => (other.count < least.count ? other : least)).option;
}

/** Opens the search for the index that answers a filter by the fewest looks. */
export function openPlans(database: Database, { numberOf }: TermReader, find: FindPlaces): PlanFor {
  const searchNames = openNameSearch(database);
  const searchOrigins = openOriginSearch(database);

  function foundOptions({ trail }: Stretch, filter: AuditFilter, range: AddressRange | null, { types }: Numbers) {
    const { search } = filter;
    return [
      range && originOption(searchOrigins(trail, range, MOST_LOOKUPS + 1)),
      search === undefined ? null : searchOption(searchNames(trail, search, MOST_LOOKUPS + 1), types),
    ].filter((option) => option !== null);
  }

  return (stretch, filter) => {
    const numbers = numbersOf(filter, numberOf);
    const range = filter.ip === undefined ? null : addressRange(filter.ip);
    if (numbers === null || (filter.ip !== undefined && range === null)) return null;
    const every = TRAIL_EVENT_TYPES.flatMap((type) => numberOf(type) ?? []);
    const option = narrowest(
      [
        ...singleOptions(filter, numbers),
        ...foundOptions(stretch, filter, range, numbers),
        ...peopleOptions(numbers, every),
      ],
      stretch,
      find,
    );
    const rest = [...conditionsOf(filter, numbers)].filter(([part]) => option?.parts.includes(part) !== true);
    return { lookups: option?.lookups ?? null, rest: rest.map(([, condition]) => condition) };
  };
}
