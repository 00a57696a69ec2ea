import { readFileSync } from 'node:fs';

/** A user with a device, as whoever seeded it knows it. */
export interface ProtectedPerson {
  readonly account: string;
  readonly username: string;
  readonly password: string;
  /** Of the device, base32. */
  readonly secret: string;
  /** Tokens of sessions that owe a code. */
  readonly challenges: readonly string[];
  /** The token of a session that is full. */
  readonly full: string;
}

/** What is known of the people in a seeded log. */
export interface People {
  /** The moment at which their sessions began, in milliseconds. */
  readonly seededAt: number;
  readonly withDevice: readonly ProtectedPerson[];
  /** Tokens of users without a device, who have just signed in. */
  readonly withoutDevice: readonly string[];
}

/** Reads what is known of seeded people. */
export function peopleIn(path: string | undefined): People {
  if (path === undefined) throw new Error('a scenario of the service needs people');
  return JSON.parse(readFileSync(path, 'utf8')) as People;
}
