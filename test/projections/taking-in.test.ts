import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SqliteConnection } from '../../src/sqlite/connection.js';
import { openFold, type Fold } from '../../src/projections/fold.js';
import type { Projection } from '../../src/projections/projection.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { projections } from '../../src/projections/read-models.js';
import { openTakeIn } from '../../src/projections/taking-in.js';
import { event, times } from '../support/builders.js';
import { inLog, rowsOf } from './given.js';
import { batchesOf, STORY } from './story.js';
import { counted, once, tally, type TallyOptions } from './tally.js';

let database: SqliteConnection;

beforeEach(() => {
  database = openReadModelFile(':memory:').connection;
});

afterEach(() => {
  database.close();
});

const events = inLog(...times(5, () => event('MfaUnlocked')));
type Then = NonNullable<TallyOptions['then']>;
const NAMES = ['first', 'second', 'third'] as const;

const noop = (): undefined => undefined;

const poisonedBy =
  (poison: string): Then =>
  ({ id }) => {
    if (id === poison) throw new Error('no such thing');
  };

/** Opens read models that count, with what some of them do on each event. */
function open(then: Partial<Record<(typeof NAMES)[number], Then>> = {}): readonly Fold[] {
  return NAMES.map((name) => openFold(database, tally({ name, ...(then[name] && { then: then[name] }) })));
}

/** A read model that fails, the first time, when it has taken in one of the events. */
function failingOnceAt(failing: string, projection: Projection): Projection {
  return {
    ...projection,
    open(connection) {
      const opened = projection.open(connection);
      const intake = typeof opened === 'function' ? { take: opened, write: noop, forget: noop } : opened;
      let hasFailed = false;
      return {
        ...intake,
        take(taken): undefined {
          intake.take(taken);
          if (hasFailed || taken.id !== failing) return;
          hasFailed = true;
          throw new Error('only this once');
        },
      };
    },
  };
}

function standing(folds: readonly Fold[]): unknown {
  return folds.map((fold) => [fold.position(), counted(database, fold.name).length]);
}

describe('Read models that take in events together', () => {
  it('each take in every event once', () => {
    const folds = open();
    const takeIn = openTakeIn(database);
    expect(takeIn(folds, events.slice(0, 3), 3n)).toEqual(new Map());
    expect(takeIn(folds, events, 7n)).toEqual(new Map());
    expect(takeIn(folds, events, 7n)).toEqual(new Map());
    for (const { name } of folds) expect(counted(database, name)).toEqual(once(1, 2, 3, 4, 5));
    expect(open().map((fold) => fold.position())).toEqual([7n, 7n, 7n]);
  });

  it('pass over what they have seen, wherever each of them stands', () => {
    const folds = open();
    const takeIn = openTakeIn(database);
    folds.forEach((fold, index) => takeIn([fold], events.slice(0, 2 * index), BigInt(2 * index)));
    expect(takeIn(folds, events.slice(0, 3), 3n)).toEqual(new Map());
    expect(standing(folds)).toEqual([
      [3n, 3],
      [3n, 3],
      [4n, 4],
    ]);
    expect(takeIn(folds, events, 5n)).toEqual(new Map());
    for (const { name } of folds) expect(counted(database, name)).toEqual(once(1, 2, 3, 4, 5));
  });

  it('share one transaction: none of them counts before all do', () => {
    const seen: unknown[] = [];
    const folds = open({ third: () => seen.push([database.isTransaction, folds[0]?.position()]) });
    openTakeIn(database)(folds, events.slice(0, 2), 2n);
    expect(seen).toEqual([
      [true, 0n],
      [true, 0n],
    ]);
    expect(standing(folds)).toEqual(NAMES.map(() => [2n, 2]));
  });

  it.each(NAMES)('go on without the one that cannot take in an event, which stays before it: %s', (name) => {
    const folds = open({ [name]: poisonedBy('event-3') });
    const stopped = openTakeIn(database)(folds, events, 5n);
    expect([...stopped].map(([fold, { message }]) => [fold.name, message])).toEqual([
      [name, `${name} cannot take in event event-3 (MfaUnlocked): no such thing`],
    ]);
    expect(standing(folds)).toEqual(NAMES.map((each) => (each === name ? [2n, 2] : [5n, 5])));
    expect(standing(open())).toEqual(standing(folds));
  });

  it('are each stopped where it cannot go on', () => {
    const folds = open({ first: poisonedBy('event-2'), third: poisonedBy('event-5') });
    const stopped = openTakeIn(database)(folds, events, 5n);
    expect([...stopped.keys()].map(({ name }) => name)).toEqual(['first', 'third']);
    expect(standing(folds)).toEqual([
      [1n, 1],
      [5n, 5],
      [4n, 4],
    ]);
  });

  it.each(projections.map(({ name }) => name))('forget what they remembered of what was undone: %s', (name) => {
    // In the middle of the third batch of seven.
    const middle = STORY[Math.floor((2.5 / 7) * STORY.length)]?.id ?? '';
    const folds = projections.map((each) =>
      openFold(database, each.name === name ? failingOnceAt(middle, each) : each),
    );
    const takeIn = openTakeIn(database);
    for (const batch of batchesOf(STORY, 7)) {
      expect(takeIn(folds, batch, batch.at(-1)?.position ?? 0n)).toEqual(new Map());
    }
    const other = openReadModelFile(':memory:').connection;
    for (const projection of projections) {
      openTakeIn(other)([openFold(other, projection)], STORY, BigInt(STORY.length));
      expect(rowsOf(database, projection)).toEqual(rowsOf(other, projection));
    }
    other.close();
  });

  it('go on without the one whose checkpoint was moved by somebody else', () => {
    const folds = open();
    database.exec("UPDATE checkpoints SET position = 1 WHERE projection = 'second'");
    const stopped = openTakeIn(database)(folds, events, 5n);
    expect([...stopped.keys()].map(({ name }) => name)).toEqual(['second']);
    expect(standing(folds)).toEqual([
      [5n, 5],
      [0n, 0],
      [5n, 5],
    ]);
  });

  it('all keep nothing where the disk has no room, and all take it in when there is room', () => {
    const folds = open();
    const takeIn = openTakeIn(database);
    const many = inLog(...times(2_000, () => event('MfaUnlocked')));
    const pages = Number(database.pragma('page_count'));
    // Enough for one of them.
    database.pragma(`max_page_count = ${pages + 40}`);
    const stopped = takeIn(folds, many, 2_000n);
    expect([...stopped].map(([fold, error]) => [fold.name, error])).toEqual(
      NAMES.map((name) => [name, expect.objectContaining({ code: 'UNAVAILABLE' })]),
    );
    expect(standing(folds)).toEqual(NAMES.map(() => [0n, 0]));
    database.pragma(`max_page_count = ${pages + 1_000}`);
    expect(takeIn(folds, many, 2_000n)).toEqual(new Map());
    expect(standing(folds)).toEqual(NAMES.map(() => [2_000n, 2_000]));
  });
});
