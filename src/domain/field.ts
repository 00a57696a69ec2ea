import type { Instant } from './instant.js';

/** What one field of an event holds: its documentation, and the check that a value read from the log must pass. */
export interface Field<T> {
  readonly kind: string;
  readonly doc: string;
  readonly accepts: (value: unknown) => value is T;
}

/** The fields of an event's data by name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The values that fit a set of fields. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Whether a value is a moment as events write it, and one that the calendar has. */
export function isInstant(value: unknown): value is Instant {
  if (typeof value !== 'string' || !INSTANT.test(value)) return false;
  // Engines take 31 November for 1 December: the day must come out as it went in.
  return new Date(value).getUTCDate() === Number(value.slice(8, 10));
}

/** An identifier: opaque text, never empty. */
export function id(doc: string): Field<string> {
  return { kind: 'id', doc, accepts: (value): value is string => typeof value === 'string' && value !== '' };
}

/** Free text. */
export function text(doc: string): Field<string> {
  return { kind: 'text', doc, accepts: (value): value is string => typeof value === 'string' };
}

/** A moment in UTC. */
export function instant(doc: string): Field<Instant> {
  return {
    kind: 'instant',
    doc,
    accepts: isInstant,
  };
}

/** A whole number from 0 on. */
export function count(doc: string): Field<number> {
  return {
    kind: 'count',
    doc,
    accepts: (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
  };
}

/** A whole number, negative ones too. */
export function integer(doc: string): Field<number> {
  return { kind: 'integer', doc, accepts: (value): value is number => Number.isSafeInteger(value) };
}

/** One of the words given. */
export function oneOf<const T extends string>(doc: string, words: readonly T[]): Field<T> {
  return {
    kind: words.join(' | '),
    doc,
    accepts: (value): value is T => words.some((word) => word === value),
  };
}

/** Yes or no. */
export function flag(doc: string): Field<boolean> {
  return { kind: 'flag', doc, accepts: (value): value is boolean => typeof value === 'boolean' };
}

/** A field that may be null. */
export function nullable<T>(field: Field<T>): Field<T | null> {
  return {
    kind: `${field.kind} or null`,
    doc: field.doc,
    accepts: (value): value is T | null => value === null || field.accepts(value),
  };
}

/** A list of what another field accepts. */
export function listOf<T>(field: Field<T>): Field<readonly T[]> {
  return {
    kind: `list of ${field.kind}`,
    doc: field.doc,
    accepts: (value): value is readonly T[] => Array.isArray(value) && value.every((item) => field.accepts(item)),
  };
}
