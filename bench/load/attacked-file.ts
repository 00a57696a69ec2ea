import { readFileSync } from 'node:fs';
import type { People } from './people-file.js';

/** A primary that attacks. */
export interface Attacker {
  /** The token of its session, which is full. */
  readonly token: string;
  readonly userId: string;
}

/** What is known of a log in which some accounts attack the others: who looks on is `withDevice`. */
export interface Attacked extends People {
  readonly attackers: readonly Attacker[];
  /** A user of the first attacker with a long MFA stream. */
  readonly oldUserId: string;
  /** Ids of sessions that have ended after thousands of challenges were opened in them. */
  readonly endedSessions: readonly string[];
}

/** Reads what attackers need. */
export function attackedIn(path: string): Attacked {
  return JSON.parse(readFileSync(path, 'utf8')) as Attacked;
}
