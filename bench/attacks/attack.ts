import type { Attacked } from '../load/attacked-file.js';
import type { Open } from './sockets.js';

/** What an attack is aimed at, and what the attacker has. */
export interface Aim {
  readonly url: URL;
  readonly attacked: Attacked;
  readonly open: Open;
}

/** Done over and over. It must not fail by what the server answers: a refusal is what an attacker expects. */
export type Act = () => Promise<void>;

/** One way to attack, bounded in how much is done at once and in how often. */
export interface Attack {
  /** How many act at the same time. */
  readonly atOnce: number;
  /** At most so many acts a second by all of them together, so that the attacker is as busy whoever answers. */
  readonly perSecond: number;
  /** Prepares one of those that act. */
  readonly begin: (aim: Aim, index: number) => Act;
}
