import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLedger, type Ledger } from '../cluster/ledger.js';
import { anyNode, createOwner, prepareDevice, protect, signIn, type Owner, type Scene } from '../cluster/people.js';
import { randomOf, type Random } from '../cluster/random.js';
import { Lost, must, type Visitor } from '../cluster/visitor.js';
import { eventually } from '../eventually.js';
import { mutate } from '../operations.js';
import { attemptMember, type Attempt } from './attempts.js';
import type { Field } from './field.js';

/** A field with somebody in it, and everything that was asked of it. */
export interface Play {
  readonly field: Field;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly owner: Owner;
  readonly attempts: Attempt[];
}

/** Requests that do not end until they are told to. */
export interface Load {
  /** Waits until so many more commands have been acknowledged. */
  acknowledged(more: number): Promise<void>;
  /** Waits until so many more commands were refused as unavailable, or not answered. */
  unavailable(more: number): Promise<void>;
  /** Lets what is in flight end; fails as whatever went wrong that was nobody's fault. */
  stop(): Promise<void>;
}

/** What somebody does over and over. */
export type Errand = (scene: Scene, play: Play) => Promise<unknown>;

/** Registers an owner in a field. */
export async function beginPlay(field: Field, seed: number): Promise<Play> {
  const place = { cluster: field, ledger: createLedger(), random: randomOf(seed) };
  return { ...place, field, owner: await createOwner(place), attempts: [] };
}

/** A scene for one of those who play at once; its chance is its own. */
export function sceneOf({ field, ledger, random, owner }: Play): Scene {
  return { cluster: field, ledger, random: random.fork(), owner };
}

/** Begins an enrollment and gives it up, so that a secret has to be destroyed. */
async function changeMind(scene: Scene, visitor: Visitor): Promise<void> {
  const { enrollmentId } = await prepareDevice(scene, visitor);
  await must(visitor, anyNode(scene), 'cancelMfaEnrollment', { enrollmentId });
}

async function enableAndUse(scene: Scene, { attempts }: Play, before: typeof changeMind | null): Promise<void> {
  const member = await attemptMember(scene, attempts);
  const first = await signIn(scene, member);
  await before?.(scene, first);
  const device = await protect(scene, first);
  const visitor = await signIn(scene, member);
  const answer = (code: string | undefined) => mutate(visitor.at(anyNode(scene)), 'answerMfaChallenge', { code });
  const wrong = await answer(device.wrongCodes(1)[0]);
  assert.equal(wrong.refusal, 'WRONG_CODE');
  const code = device.freshCode();
  await must(visitor, anyNode(scene), 'answerMfaChallenge', { code });
  const again = await signIn(scene, member);
  const replayed = await mutate(again.at(anyNode(scene)), 'answerMfaChallenge', { code });
  assert.equal(replayed.refusal, 'WRONG_CODE', 'a code that was used');
}

/** A sub-user is created, enables a device, and signs in with it; a wrong code and a code that was used are refused. */
export const plainErrand: Errand = (scene, play) => enableAndUse(scene, play, null);

/** The same, by somebody who gives an enrollment up before. */
export const wholeErrand: Errand = (scene, play) => enableAndUse(scene, play, changeMind);

/** No answer, or the one that a process gives by itself when it is about to end, which has no request id. */
function isExcused(error: unknown): boolean {
  return error instanceof Lost || (error instanceof Error && error.message.endsWith('without a request id'));
}

function doneIn({ answered }: Ledger): number {
  return answered.filter(({ refusal }) => refusal === null).length;
}

function unavailableIn({ answered, lost }: Ledger): number {
  return answered.filter(({ refusal }) => refusal === 'UNAVAILABLE').length + lost();
}

const WORKERS = 6;
/** Before somebody who got no answer begins anew. */
const PAUSE = 250;

/** Starts some who go on errands, each one after the other; what gets lost on the way is begun anew. */
export function startLoad(play: Play, errand: Errand): Load {
  const { ledger } = play;
  let lasts = true;
  let failure: Error | null = null;

  async function work(scene: Scene): Promise<void> {
    while (lasts && failure === null) {
      try {
        await errand(scene, play);
      } catch (error) {
        if (isExcused(error)) await sleep(PAUSE);
        else failure = error instanceof Error ? error : new Error(String(error));
      }
    }
  }

  const working = Array.from({ length: WORKERS }, () => work(sceneOf(play)));

  async function grown(count: () => number, by: number): Promise<void> {
    const goal = count() + by;
    await eventually(() => {
      if (failure === null && count() < goal) throw new Error(`there are ${count()}, and ${goal} were waited for`);
      return Promise.resolve();
    });
    if (failure !== null) throw failure;
  }

  return {
    acknowledged: (more) => grown(() => doneIn(ledger), more),
    unavailable: (more) => grown(() => unavailableIn(ledger), more),
    async stop() {
      lasts = false;
      await Promise.all(working);
      if (failure !== null) throw failure;
    },
  };
}
