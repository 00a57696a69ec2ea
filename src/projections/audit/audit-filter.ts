import { addressRange } from '../../audit/address-range.js';
import {
  TRAIL_EVENT_TYPES,
  typesWithCategory,
  typesWithOutcome,
  type AuditCategory,
  type AuditOutcome,
} from '../../audit/description.js';
import type { Condition } from '../page.js';
import { folded, nameThen } from './names.js';
import type { Span } from './trails.js';

/** Which events, of which span of time; what is left out does not narrow, and all that is given must hold. */
export interface AuditFilter extends Span {
  readonly types?: readonly string[];
  readonly categories?: readonly AuditCategory[];
  readonly outcome?: AuditOutcome;
  readonly actorId?: string;
  readonly subjectId?: string;
  readonly deviceId?: string;
  readonly sessionId?: string;
  readonly requestId?: string;
  /** An address, or a range in CIDR notation; nonsense finds nothing. */
  readonly ip?: string;
  /** What the actor, the subject or the device had in its name then, whatever its case. */
  readonly search?: string;
}

/** The types that a filter leaves; null for all. Category and outcome are types: each type has its own. */
export function typesOf({ types, categories, outcome }: AuditFilter): readonly string[] | null {
  if (types === undefined && categories === undefined && outcome === undefined) return null;
  const inCategories = categories && new Set<string>(categories.flatMap(typesWithCategory));
  const withOutcome = outcome && new Set<string>(typesWithOutcome(outcome));
  return [...new Set(types ?? TRAIL_EVENT_TYPES)].filter(
    (type) => (inCategories?.has(type) ?? true) && (withOutcome?.has(type) ?? true),
  );
}

/** The parts of a filter, each of which may be answered by an index, and else is a condition on rows. */
export type FilterPart = 'types' | 'actor' | 'subject' | 'device' | 'session' | 'request' | 'ip' | 'search' | 'time';

/** Numbers that stand for what a filter names. */
export interface Numbers {
  /** Of types; null for all. */
  readonly types: readonly number[] | null;
  readonly actor: number | null;
  readonly subject: number | null;
  readonly device: number | null;
  readonly session: number | null;
}

function equal(column: string, value: number | string | null | undefined): Condition | null {
  return value === null || value === undefined ? null : { sql: ` AND e.${column} = ?`, parameters: [value] };
}

function ofTypes(types: readonly number[] | null): Condition | null {
  if (types === null) return null;
  return { sql: ' AND e.type IN (SELECT value FROM json_each(?))', parameters: [JSON.stringify(types)] };
}

function within(ip: string | undefined): Condition | null {
  const range = ip === undefined ? null : addressRange(ip);
  return range && { sql: ' AND o.bytes BETWEEN ? AND ?', parameters: [range.from, range.to] };
}

function named(search: string | undefined): Condition | null {
  if (search === undefined) return null;
  const text = folded(search);
  const names = (['actor', 'subject', 'device'] as const).map((owner) => `instr(${nameThen(owner, 'folded')}, ?) > 0`);
  return { sql: ` AND (${names.join(' OR ')})`, parameters: names.map(() => text) };
}

function timed({ since, until }: AuditFilter): Condition | null {
  const bounds = [
    ...(since === undefined ? [] : [{ sql: ' AND e.occurred_at >= ?', parameter: since }]),
    ...(until === undefined ? [] : [{ sql: ' AND e.occurred_at < ?', parameter: until }]),
  ];
  if (bounds.length === 0) return null;
  return { sql: bounds.map(({ sql }) => sql).join(''), parameters: bounds.map(({ parameter }) => parameter) };
}

/** The conditions that a filter sets on rows of the trail, part by part. */
export function conditionsOf(filter: AuditFilter, numbers: Numbers): ReadonlyMap<FilterPart, Condition> {
  const parts: readonly (readonly [FilterPart, Condition | null])[] = [
    ['request', equal('request_id', filter.requestId)],
    ['session', equal('session', numbers.session)],
    ['actor', equal('actor', numbers.actor)],
    ['subject', equal('subject', numbers.subject)],
    ['device', equal('device', numbers.device)],
    ['types', ofTypes(numbers.types)],
    ['time', timed(filter)],
    ['ip', within(filter.ip)],
    ['search', named(filter.search)],
  ];
  return new Map(parts.flatMap(([part, condition]) => (condition === null ? [] : [[part, condition] as const])));
}
