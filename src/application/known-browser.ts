import { timingSafeEqual } from 'node:crypto';
import type { Application } from './application.js';

/** Users whom one browser is known to; the ones longest ago are forgotten. */
const MOST_USERS = 5;
const VALUE = /^([A-Za-z0-9-]{1,64})((?:~[A-Za-z0-9_-]{43}){1,5})$/;

interface Marks {
  readonly browserId: string;
  readonly marks: readonly string[];
}

function markOf(app: Application, browserId: string, userId: string): string {
  return app.digest('known-browser', JSON.stringify([browserId, userId]));
}

function parse(value: string | null): Marks | null {
  const match = value === null ? null : VALUE.exec(value);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return { browserId: match[1], marks: match[2].slice(1).split('~') };
}

function equal(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/**
 * The id of the browser, if this user has signed in with it before, else null. What a browser keeps is its id with
 * a keyed digest for each user, so nobody can make one up, and it is worth nothing but a budget of its own.
 */
export function browserKnownTo(app: Application, value: string | null, userId: string): string | null {
  const parsed = parse(value);
  if (parsed === null) return null;
  const expected = markOf(app, parsed.browserId, userId);
  return parsed.marks.some((mark) => equal(mark, expected)) ? parsed.browserId : null;
}

/** What a browser is to keep once a user has signed in with it. */
export function knownBrowserWith(app: Application, value: string | null, userId: string): string {
  const { browserId, marks } = parse(value) ?? { browserId: app.newId(), marks: [] };
  const mark = markOf(app, browserId, userId);
  return [browserId, mark, ...marks.filter((other) => !equal(other, mark)).slice(0, MOST_USERS - 1)].join('~');
}
