import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { openFold } from '../../src/projections/fold.js';
import { coverageProjection } from '../../src/projections/coverage/coverage-projection.js';
import { createCoverageQueries } from '../../src/projections/coverage/coverage-queries.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { openTakeIn } from '../../src/projections/taking-in.js';
import { createUserQueries } from '../../src/projections/users/user-queries.js';
import { usersProjection } from '../../src/projections/users/users-projection.js';
import { ACME, event, later } from '../support/builders.js';
import { logged } from './given.js';

const PEOPLE = ['ann', 'bob', 'cat'] as const;

/** What may happen to somebody, in any order that the rules allow. */
const STEPS = ['create', 'require', 'waive', 'start', 'enable', 'disable', 'replace', 'delete'] as const;

interface Step {
  readonly person: (typeof PEOPLE)[number];
  readonly step: (typeof STEPS)[number];
  /** How far the clock moves, which may be back. */
  readonly seconds: number;
}

interface Person {
  exists: boolean;
  gone: boolean;
  pending: boolean;
  enabled: boolean;
  required: boolean;
}

/** A random history that could have come about, with the moments of a clock that jumps. */
const histories = fc.array(
  fc.record<Step>({
    person: fc.constantFrom(...PEOPLE),
    step: fc.constantFrom(...STEPS),
    seconds: fc.integer({ min: -5, max: 20 }),
  }),
  { maxLength: 60 },
);

type Happening = readonly [allowed: (person: Person) => boolean, change: Partial<Person>, type: LoggedEvent['type']];

const HAPPENINGS: Readonly<Record<Step['step'], Happening>> = {
  create: [({ exists, gone }) => !exists && !gone, { exists: true }, 'UserCreated'],
  require: [({ required, gone }) => !required && !gone, { required: true }, 'SubUserMfaRequired'],
  waive: [({ required, exists }) => required && exists, { required: false }, 'SubUserMfaWaived'],
  start: [({ exists }) => exists, { pending: true }, 'MfaEnrollmentStarted'],
  enable: [({ pending, enabled }) => pending && !enabled, { pending: false, enabled: true }, 'MfaEnabled'],
  disable: [({ enabled }) => enabled, { enabled: false }, 'MfaDisabled'],
  replace: [({ pending, enabled }) => pending && enabled, { pending: false }, 'MfaDeviceReplaced'],
  delete: [({ exists }) => exists, { exists: false, gone: true }, 'UserDeleted'],
};

function countsOf(people: readonly Person[]) {
  const users = people.filter(({ exists }) => exists);
  return {
    users: users.length,
    enabled: users.filter(({ enabled }) => enabled).length,
    required: users.filter(({ required }) => required).length,
    overdue: users.filter(({ required, enabled }) => required && !enabled).length,
  };
}

/** Plays a history; its events, and after each the moment and what there is to count. */
function play(steps: readonly Step[]) {
  const nobody = { exists: false, gone: false, pending: false, enabled: false, required: false };
  const people = new Map<string, Person>(PEOPLE.map((person) => [person, { ...nobody }]));
  const events: LoggedEvent[] = [];
  const truths: { readonly moment: number; readonly counts: ReturnType<typeof countsOf> }[] = [];
  let [clock, latest] = [0, 0];
  for (const { person, step, seconds } of steps) {
    const [allowed, change, type] = HAPPENINGS[step];
    const state = people.get(person) ?? nobody;
    if (!allowed(state)) continue;
    const before = JSON.stringify(countsOf([...people.values()]));
    people.set(person, { ...state, ...change });
    const counts = countsOf([...people.values()]);
    clock = Math.max(0, clock + seconds);
    const position = events.length + 1;
    const named = { ...event(type), personal: null, data: { ...event(type).data, userId: person } };
    const names = { username: person, displayName: person, email: null };
    const happened = type === 'UserCreated' ? { ...named, personal: names } : named;
    // The data are those of that type: only whose they are was changed.
    events.push(logged(happened as never, { position, metadata: { occurredAt: later(clock * 1_000) } }));
    // What changes nothing that is counted leaves no mark, nor does its clock.
    if (JSON.stringify(counts) !== before) latest = Math.max(latest, clock);
    truths.push({ moment: latest, counts });
  }
  return { events, truths };
}

it('coverage at any moment, and the exposures then, are what counting anew makes them; the last is what users are', () => {
  fc.assert(
    fc.property(histories, (steps) => {
      const { events, truths } = play(steps);
      const { connection } = openReadModelFile(':memory:');
      const folds = [coverageProjection, usersProjection].map((projection) => openFold(connection, projection));
      expect(openTakeIn(connection)(folds, events, BigInt(events.length)).size).toBe(0);
      const coverage = createCoverageQueries(connection);
      for (const second of [-1, ...new Set(truths.map(({ moment }) => moment)), 10_000]) {
        const moment = later(second * 1_000 + 500);
        const counts = truths.findLast((truth) => truth.moment * 1_000 <= second * 1_000 + 500)?.counts ?? countsOf([]);
        expect(coverage.at(ACME, moment)).toEqual(counts);
        expect(coverage.exposedAt(ACME, moment, 100)).toHaveLength(counts.overdue);
      }
      expect(coverage.at(ACME, null)).toEqual(createUserQueries(connection).coverage(ACME));
      const open = coverage.page(ACME, { open: true }, { limit: 100, after: null, before: null, fromEnd: false }).rows;
      expect(open).toEqual(coverage.exposedAt(ACME, null, 100).toReversed());
      connection.close();
    }),
    { numRuns: 60 },
  );
});
