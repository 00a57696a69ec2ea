import { afterAll, describe, expect, it } from '@jest/globals';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import type { Application } from '../../src/application/application.js';
import { authenticate } from '../../src/application/authenticate.js';
import { generateRecoveryCodes } from '../../src/application/generate-recovery-codes.js';
import type { Challenged } from '../../src/application/guard.js';
import type { Result } from '../../src/application/result.js';
import { verifyOperation, type VerifyOperationInput } from '../../src/application/verify-operation.js';
import { millisecondsOf, MINUTE, SECOND } from '../../src/domain/instant.js';
import type { OperationChallenge } from '../../src/domain/session/challenges.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { Authenticator } from '../support/authenticator.js';
import { oneOf, seededRandom } from '../support/interleave.js';
import {
  enableDevice,
  openWorld,
  PRIMARY,
  requestContext,
  sessionIdOf,
  tokenOf,
  type World,
} from '../support/world.js';
import { breaches, LIFETIME, type Sent } from './guarded-breaches.js';
import { isSame, protecting, someCall, unproven, type Call } from './guarded-play.js';

/** Sequences in all, as many of them in each world: a log that has grown is what commands meet. */
const SEQUENCES = 10_000;
const IN_ONE_WORLD = 250;

/** A challenge as it was handed out. */
interface Handed {
  readonly challengeId: string;
  readonly call: Call;
  readonly token: string;
  readonly at: number;
  verified: boolean;
  used: boolean;
}

function isOpen({ verified }: Handed): boolean {
  return !verified;
}

function isReady({ verified, used }: Handed): boolean {
  return verified && !used;
}

type Came = 'SERVED' | 'CHALLENGED' | 'REFUSED';

function cameOf(result: Result<Challenged<object>> | null): Came {
  if (result?.ok !== true) return 'REFUSED';
  return result.value.challenge === null ? 'SERVED' : 'CHALLENGED';
}

/** Plays sequences of commands as a primary who forgets, mixes up, comes late and sends things twice. */
class Player {
  readonly sent = new Map<string, Sent>();
  readonly handed = new Map<string, Handed>();
  readonly came = { SERVED: 0, CHALLENGED: 0, REFUSED: 0, raced: 0 };
  readonly #nodes: readonly [Application, Application];
  #authenticator: Authenticator | null = null;
  /** Of which each is given more than once, since it works once. */
  readonly #recoveryCodes: string[] = [];
  #random: () => number = () => 0;
  #seed = 0;
  #tokens: string[] = [];
  /** Two at most in a sequence, so that they are mixed up rather than forgotten. */
  #calls: readonly [Call, Call] | null = null;

  constructor(readonly world: World) {
    this.#nodes = [world.app, world.another()];
  }

  async enable(): Promise<void> {
    const { authenticator, token } = await enableDevice(this.world, this.world.primary);
    this.#authenticator = authenticator;
    const generated = await this.#run(token, (app, request, current) =>
      generateRecoveryCodes(app, request, current, { challengeId: null }),
    );
    if (generated?.ok !== true || generated.value.challenge !== null)
      throw new Error('no recovery codes were generated');
    this.#recoveryCodes.push(...generated.value.recoveryCodes);
  }

  async play(seed: number): Promise<void> {
    this.#seed = seed;
    this.#random = seededRandom(seed);
    this.#tokens = [await this.#signIn()];
    this.handed.clear();
    const some = () => someCall(this.#random, this.world.userId, sessionIdOf(this.world.primary));
    this.#calls = [some(), some()];
    if (this.#random() < 0.7) await this.#run(this.#token(), protecting);
    const steps = 4 + Math.floor(this.#random() * 6);
    for (let step = 0; step < steps; step += 1) await this.#step();
  }

  async #step(): Promise<void> {
    // More often than not one goes on with what one has begun: else hardly anything would ever be done.
    if (this.#someHanded(isReady) !== null && this.#random() < 0.5) return this.#sendWithChallenge();
    if (this.#someHanded(isOpen) !== null && this.#random() < 0.6) return this.#verify();
    const chance = this.#random();
    if (chance < 0.08) this.world.clock.advance(oneOf(this.#random, 20 * SECOND, 2 * MINUTE, LIFETIME - 1, LIFETIME));
    else if (chance < 0.12) this.#tokens.push(await this.#signIn());
    else if (chance < 0.16) await this.#run(this.#token(), protecting);
    else if (chance < 0.4) await this.#send(this.#token(), this.#someCall(), null);
    else if (chance < 0.7) await this.#verify();
    else await this.#sendWithChallenge();
  }

  async #sendWithChallenge(): Promise<void> {
    // Mostly one that was verified and not used.
    const wanted = this.#random() < 0.8;
    const handed = this.#someHanded(wanted ? isReady : undefined);
    if (handed === null) {
      await this.#send(this.#token(), this.#someCall(), null);
      return;
    }
    // Mostly what the challenge is for; else by another call, or in another session.
    const call = this.#random() < 0.8 ? handed.call : this.#someCall();
    const token = this.#random() < 0.9 ? handed.token : this.#token();
    const serves = this.#serves(handed, call, token);
    const isRace = this.#random() < 0.3;
    const nodes = isRace ? this.#nodes : [this.#nodes[0]];
    const came = await Promise.all(nodes.map((node) => this.#send(token, call, handed, node)));
    if (isRace) this.came.raced += 1;
    if (came.includes('SERVED')) handed.used = true;
    // A right verification that nobody has used is never asked for again.
    else if (serves && came.includes('CHALLENGED'))
      throw this.#wrong(`${call.name} was verified, and asked for it again`);
  }

  #token(): string {
    return this.#tokens[Math.floor(this.#random() * this.#tokens.length)] ?? '';
  }

  #someCall(): Call {
    if (this.#calls === null) throw new Error('no sequence is being played');
    return oneOf(this.#random, ...this.#calls);
  }

  #someHanded(isWanted: (handed: Handed) => boolean = () => true): Handed | null {
    const all = [...this.handed.values()].filter(isWanted);
    return all[Math.floor(this.#random() * all.length)] ?? null;
  }

  async #signIn(): Promise<string> {
    const token = await tokenOf(this.world.app, PRIMARY);
    if (this.#authenticator === null) return token;
    const code = this.#authenticator.nextCode();
    const answered = await this.#run(token, (app, request, current) =>
      answerMfaChallenge(app, request, current, { code }),
    );
    if (answered?.ok !== true) throw new Error('the code at sign-in was not right');
    return answered.value.token;
  }

  async #run<T>(
    token: string,
    command: (...given: Parameters<ReturnType<Call['sent']>>) => Promise<T>,
    app = this.#nodes[0],
    call: Call | null = null,
  ): Promise<T | null> {
    const request = requestContext();
    const { current } = await authenticate(app, request, token);
    if (current === null) return null;
    if (call !== null) this.sent.set(request.requestId, { seed: this.#seed, call, token });
    return command(app, { ...request, current }, current);
  }

  async #send(token: string, call: Call, handed: Handed | null, app = this.#nodes[0]): Promise<Came> {
    const at = millisecondsOf(this.world.clock.now());
    const result = await this.#run(token, call.sent(handed?.challengeId ?? null), app, call);
    const came = cameOf(result);
    this.came[came] += 1;
    if (result?.ok === true && result.value.challenge !== null) this.#keep(result.value.challenge, { call, token, at });
    return came;
  }

  #keep({ challengeId }: OperationChallenge, of: Pick<Handed, 'call' | 'token' | 'at'>): void {
    const known = this.handed.get(challengeId);
    if (known === undefined) this.handed.set(challengeId, { challengeId, ...of, verified: false, used: false });
    else if (!isSame(known.call, of.call) || known.token !== of.token) {
      throw this.#wrong(`a challenge of another call was handed out for ${of.call.name}`);
    }
  }

  #serves({ verified, used, at, ...of }: Handed, call: Call, token: string): boolean {
    const isInTime = millisecondsOf(this.world.clock.now()) - at < LIFETIME;
    return verified && !used && isInTime && isSame(of.call, call) && of.token === token;
  }

  #wrong(what: string): Error {
    return new Error(`seed ${this.#seed}: ${what}`);
  }

  async #verify(): Promise<void> {
    const handed = this.#someHanded(this.#random() < 0.9 ? isOpen : undefined);
    if (handed === null) return;
    const { challengeId, token } = handed;
    const isRight = this.#random() < 0.9;
    const answer = this.#answer(isRight);
    const verified = await this.#run(token, (app, request, current) =>
      verifyOperation(app, request, current, { challengeId, ...answer }),
    );
    handed.verified ||= verified?.ok === true;
  }

  #answer(isRight: boolean): Pick<VerifyOperationInput, 'code' | 'recoveryCode' | 'password'> {
    if (this.#authenticator === null) return { code: null, password: isRight ? PRIMARY.password : 'not the password' };
    if (this.#random() < 0.1) {
      const recoveryCode = this.#recoveryCodes[Math.floor(this.#random() * this.#recoveryCodes.length)] ?? null;
      return { code: null, recoveryCode, password: null };
    }
    return { code: isRight ? this.#authenticator.nextCode() : '000000', password: null };
  }
}

async function logOf({ store, app }: World): Promise<readonly LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for (let after = 0n; ;) {
    const page = await store.readAll({ after, limit: 5_000 });
    events.push(...(await app.log.decode(page.events)));
    const last = page.events.at(-1);
    if (last === undefined) return events;
    after = last.position;
  }
}

const total = { SERVED: 0, CHALLENGED: 0, raced: 0, used: 0, effects: 0 };

describe('Of ten thousand sequences of commands, by chance', () => {
  const worlds = Array.from({ length: SEQUENCES / IN_ONE_WORLD }, (_, index) => index);

  it.each(worlds)(
    'none of part %i does what is guarded without a verification of its own, or twice by one',
    async (index) => {
      const world = await openWorld();
      try {
        const player = new Player(world);
        if (index % 2 === 1) await player.enable();
        for (let seed = index * IN_ONE_WORLD; seed < (index + 1) * IN_ONE_WORLD; seed += 1) await player.play(seed);
        const events = await logOf(world);
        expect(breaches(events, player.sent)).toEqual([]);
        expect(unproven(events)).toEqual([]);
        if (index % 2 === 1) expect(events.some(({ type }) => type === 'RecoveryCodeUsed')).toBe(true);
        for (const key of ['SERVED', 'CHALLENGED', 'raced'] as const) total[key] += player.came[key];
        total.used += events.filter(({ type }) => type === 'OperationVerificationUsed').length;
        total.effects += events.filter(
          ({ type, metadata }) => player.sent.get(metadata.requestId)?.call.effect === type,
        ).length;
      } finally {
        await world.close();
      }
    },
  );

  afterAll(() => {
    // Sequences that never come to anything would show nothing.
    for (const [what, count] of Object.entries(total)) {
      if (count < SEQUENCES / 4) throw new Error(`only ${count} ${what}: ${JSON.stringify(total)}`);
    }
  });
});
