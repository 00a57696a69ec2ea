import { setTimeout as sleep } from 'node:timers/promises';
import { attacks, type AttackName } from '../attacks/attacks.js';
import type { Act, Attack } from '../attacks/attack.js';
import { openTo } from '../attacks/sockets.js';
import { attackedIn } from '../load/attacked-file.js';
import type { Telling } from './job.js';

export interface AttackParams {
  readonly attack: AttackName;
  /** Where GraphQL is, or the server that only accepts and refuses. */
  readonly url: string;
  /** The file of what attackers need. */
  readonly people: string;
  /** It ends when it is stopped, and at the latest after so long. */
  readonly longest: number;
}

export interface AttackResult {
  readonly perSecond: number;
}

/** Acts again and again, at most as often as the attack may. */
async function repeat(act: Act, { atOnce, perSecond }: Attack, stopped: AbortSignal): Promise<number> {
  const interval = (1_000 * atOnce) / perSecond;
  let acts = 0;
  for (let next = performance.now(); !stopped.aborted;) {
    await act();
    acts += 1;
    next = Math.max(next + interval, performance.now() - interval);
    await sleep(Math.max(0, next - performance.now()));
  }
  return acts;
}

/** Attacks a server until it is stopped. What the server answers does not matter. */
export async function attack(params: AttackParams, tell: Telling): Promise<AttackResult> {
  const chosen: Attack = attacks[params.attack];
  const url = new URL(params.url);
  const aim = { url, attacked: attackedIn(params.people), open: openTo(url) };
  const acts = Array.from({ length: chosen.atOnce }, (_, index) => chosen.begin(aim, index));
  const stopped = AbortSignal.any([tell.stopped, AbortSignal.timeout(params.longest)]);
  stopped.addEventListener('abort', () => aim.open.closeAll());
  tell.started();
  const began = performance.now();
  const counts = await Promise.all(acts.map((act) => repeat(act, chosen, stopped)));
  const seconds = (performance.now() - began) / 1_000;
  aim.open.closeAll();
  return { perSecond: counts.reduce((sum, count) => sum + count, 0) / seconds };
}
