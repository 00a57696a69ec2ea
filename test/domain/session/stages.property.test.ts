import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Recorded } from '../../../src/domain/event.js';
import type { MfaCommand } from '../../../src/domain/mfa/commands.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import type { MfaState } from '../../../src/domain/mfa/state.js';
import type { SessionCommand } from '../../../src/domain/session/commands.js';
import { DEFAULT_POLICY } from '../../../src/domain/account/policy.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import { standingOf, type Standing } from '../../../src/domain/session/standing.js';
import type { OpenSession, SessionState } from '../../../src/domain/session/state.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import {
  code,
  disable,
  enable,
  event,
  raiseSession,
  requireMfa,
  startEnrollment,
  startSession,
  waive,
} from '../../support/builders.js';
import { at, NOW, record, sentIn, stateAfter } from '../../support/given.js';

const SESSIONS = ['one', 'two', 'three', 'four'] as const;
type SessionId = (typeof SESSIONS)[number];
const user = stateAfter(userDecider, event('UserCreated'));

/** A device was disabled or replaced: sessions decided on less are over, but for the one that did it. */
interface Cut {
  readonly version: number;
  readonly except: string | null;
}

/** Sam's MFA and sessions, and whoever manages Sam; what was allowed at its time can be recorded later. */
class World {
  mfa: MfaState = mfaDecider.initial;
  readonly events: Recorded<MfaEvent>[] = [];
  readonly sessions = new Map<string, SessionState>();
  readonly cuts: Cut[] = [];
  readonly late: (() => void)[] = [];
  /** Sessions whose second factor was proven, and whose rise is not recorded yet. */
  readonly rising: string[] = [];
  #step = 100;
  #names = 0;

  /** A time step, or a device, that never was before. */
  nextStep(): number {
    this.#step += 1;
    return this.#step;
  }

  standing(id: string): Standing {
    return standingOf({ sessionId: id, session: this.session(id), user, mfa: this.mfa, policy: DEFAULT_POLICY }, NOW);
  }

  session(id: string): SessionState {
    return this.sessions.get(id) ?? sessionDecider.initial;
  }

  send(command: MfaCommand, session: string | null): boolean {
    const decision = mfaDecider.decide(command, this.mfa);
    for (const made of decision.events) {
      const recorded = record<MfaEvent>(session === null ? made : sentIn(session, made), this.events.length + 1);
      this.events.push(recorded);
      this.mfa = mfaDecider.evolve(this.mfa, recorded);
      if (made.type === 'MfaDisabled') this.cuts.push({ version: recorded.version, except: session });
      if (made.type === 'MfaDeviceReplaced') this.cuts.push({ version: recorded.version, except: session });
    }
    return decision.accepted;
  }

  record(id: string, command: SessionCommand): void {
    const state = this.session(id);
    const { events } = sessionDecider.decide(command, state);
    const past = events.map((made, index) => record(at(NOW, made), index + 1));
    this.sessions.set(id, past.reduce(sessionDecider.evolve, state));
  }

  signIn(id: SessionId, late: boolean): void {
    const session = `${id}-${this.#names}`;
    this.#names += 1;
    const mfaVersion = this.mfa.version;
    this.land(late, () => this.record(session, startSession({ mfaVersion })));
  }

  /** The session that was begun last under an id. */
  current(id: SessionId): string {
    return [...this.sessions.keys()].filter((key) => key.startsWith(`${id}-`)).at(-1) ?? id;
  }

  rise(session: string, late: boolean): void {
    const { version: mfaVersion, sessionsEnded } = this.mfa;
    this.rising.push(session);
    this.land(late, () => {
      this.record(session, raiseSession({ mfaVersion, sessionsEnded, sessionId: session }));
      this.rising.splice(this.rising.indexOf(session), 1);
    });
  }

  land(late: boolean, write: () => void): void {
    if (late) this.late.push(write);
    else write();
  }
}

type Step = (world: World) => void;
type Act = (world: World, session: string, late: boolean) => void;

function enableOwn(world: World, session: string, late: boolean): void {
  const deviceId = world.mfa.pending?.deviceId;
  if (deviceId === undefined) return;
  if (world.send(enable(world.nextStep(), { deviceId }), session)) world.rise(session, late);
}

function answer(world: World, session: string, late: boolean): void {
  const deviceId = world.mfa.device?.deviceId ?? 'none';
  const timeStep = world.nextStep();
  const proof = { deviceId, timeStep, drift: null };
  if (world.send(code(timeStep, { challengeId: session, proof }), session)) world.rise(session, late);
}

function enroll(world: World, session: string | null): void {
  const deviceId = `device-${world.nextStep()}`;
  const verifiedBy = world.mfa.device === null ? 'PASSWORD' : 'VIRTUAL_MFA';
  world.send(startEnrollment({ deviceId, verifiedBy, onBehalf: session === null }), session);
}

/** What a session may do at its stage; nobody gets further than that. */
const ACTS: Readonly<Record<Standing, readonly Act[]>> = {
  MFA_CHALLENGE: [answer],
  PASSWORD_CHANGE: [],
  MFA_ENROLLMENT: [enroll, enableOwn],
  FULL: [enroll, enableOwn, (world, session, late) => world.land(late, () => world.send(disable(), session))],
  ENDED: [],
};

const sessions = fc.constantFrom(...SESSIONS);
const signIns = fc.tuple(sessions, fc.boolean()).map(([id, late]): Step => {
  return (world) => world.signIn(id, late);
});
const acts = fc.tuple(sessions, fc.nat({ max: 2 }), fc.boolean()).map(([id, choice, late]): Step => {
  return (world) => {
    const session = world.current(id);
    const possible = ACTS[world.standing(session)];
    possible[choice % Math.max(1, possible.length)]?.(world, session, late);
  };
});
const administrator = fc.constantFrom<Step>(
  (world) => world.send(requireMfa(), null),
  (world) => world.send(requireMfa({ effective: 'IMMEDIATELY' }), null),
  (world) => world.send(waive(), null),
  (world) => world.send(disable({ by: 'ADMINISTRATOR' }), null),
  (world) => enroll(world, null),
  (world) => {
    const deviceId = world.mfa.pending?.deviceId;
    if (deviceId !== undefined) world.send(enable(world.nextStep(), { deviceId }), null);
  },
);
const landings = fc.constant<Step>((world) => world.late.shift()?.());

const histories = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: signIns },
    { weight: 8, arbitrary: acts },
    { weight: 3, arbitrary: administrator },
    { weight: 3, arbitrary: landings },
  ),
  { minLength: 1, maxLength: 80, size: 'max' },
);

function everyOpen(world: World): readonly (readonly [string, OpenSession])[] {
  return [...world.sessions].flatMap(([id, session]) => (session.status === 'OPEN' ? [[id, session] as const] : []));
}

/** Checks after every step of any history. */
function holdsAtEveryStep(check: (world: World) => void) {
  fc.assert(
    fc.property(histories, (steps) => {
      const world = new World();
      for (const step of steps) {
        step(world);
        check(world);
      }
    }),
    { numRuns: 500 },
  );
}

describe('However a sub-user and whoever manages it interleave', () => {
  it('a session decided before a device was disabled or replaced is over, unless it is the one that did it', () => {
    holdsAtEveryStep((world) => {
      for (const [id, { mfaVersion }] of everyOpen(world)) {
        const cut = world.cuts.some(({ version, except }) => version > mfaVersion && except !== id);
        if (cut) expect(world.standing(id)).toBe('ENDED');
      }
    });
  });

  it('with a requirement in force and no device, no session that knows of it is full', () => {
    holdsAtEveryStep((world) => {
      const { requirement, device } = world.mfa;
      if (requirement === null || device !== null) return;
      const lastCut = world.cuts.at(-1);
      for (const [id, { mfaVersion }] of everyOpen(world)) {
        const disabledIt = lastCut?.except === id && lastCut.version > requirement.sinceVersion;
        const knows = requirement.effective === 'IMMEDIATELY' || requirement.sinceVersion <= mfaVersion || disabledIt;
        if (knows) expect(['MFA_ENROLLMENT', 'ENDED']).toContain(world.standing(id));
      }
    });
  });

  it('a session that began when there was a device is full only after a code of it', () => {
    holdsAtEveryStep((world) => {
      const { device } = world.mfa;
      for (const [id, { factors, mfaVersion }] of everyOpen(world)) {
        if (device === null || device.sinceVersion > mfaVersion || factors.includes('VIRTUAL_MFA')) continue;
        expect(['MFA_CHALLENGE', 'ENDED']).toContain(world.standing(id));
      }
    });
  });

  it('a session that is over stays over, unless it has proven the device that it replaced and is about to rise', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const world = new World();
        const over = new Set<string>();
        for (const step of steps) {
          step(world);
          for (const [id] of everyOpen(world)) {
            if (over.has(id)) expect(world.standing(id)).toBe('ENDED');
            if (world.standing(id) === 'ENDED' && !world.rising.includes(id)) over.add(id);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('every stage comes up that there can be, so that the above says something', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(histories, (steps) => {
        const world = new World();
        for (const step of steps) {
          step(world);
          for (const [id, { factors }] of everyOpen(world)) {
            const key = `${world.standing(id)} ${factors.length}`;
            seen.set(key, (seen.get(key) ?? 0) + 1);
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
    const stages = [
      'ENDED 1',
      'ENDED 2',
      'FULL 1',
      'FULL 2',
      'MFA_CHALLENGE 1',
      'MFA_ENROLLMENT 1',
      'MFA_ENROLLMENT 2',
    ];
    for (const stage of stages) expect([stage, seen.get(stage) ?? 0]).toEqual([stage, expect.any(Number)]);
    expect(Math.min(...stages.map((stage) => seen.get(stage) ?? 0))).toBeGreaterThan(50);
  });
});
