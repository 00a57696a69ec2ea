import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SqliteConnection } from '../../src/sqlite/connection.js';
import { dropOldVersions } from '../../src/projections/checkpoint.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { Projection } from '../../src/projections/projection.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { event, times } from '../support/builders.js';
import { inLog, openFold } from './given.js';
import { counted, once, tablesOf, tally } from './tally.js';

let database: SqliteConnection;

beforeEach(() => {
  database = openReadModelFile(':memory:').connection;
});

afterEach(() => {
  database.close();
});

const events = inLog(...times(5, () => event('MfaUnlocked')));

function checkpoints(): unknown[] {
  return database.prepareLists('SELECT projection, version, position FROM checkpoints ORDER BY 1, 2').all();
}

describe('A read model', () => {
  it('takes in each event once and stands where it was told to', () => {
    const fold = openFold(database, tally());
    expect(fold.position()).toBe(0n);
    expect(fold.apply(events, 7n)).toBeNull();
    expect(counted(database)).toEqual(once(1, 2, 3, 4, 5));
    expect(fold.position()).toBe(7n);
    expect(checkpoints()).toEqual([['tally', 1, 7]]);
  });

  it('passes over what it has seen', () => {
    const fold = openFold(database, tally());
    fold.apply(events.slice(0, 3), 3n);
    expect(fold.apply(events, 5n)).toBeNull();
    expect(fold.apply(events, 5n)).toBeNull();
    expect(fold.apply(events.slice(0, 1), 1n)).toBeNull();
    expect(counted(database)).toEqual(once(1, 2, 3, 4, 5));
    expect(fold.position()).toBe(5n);
  });

  it('passes over what it had seen when it was opened last', () => {
    openFold(database, tally()).apply(events.slice(0, 3), 3n);
    const fold = openFold(database, tally());
    expect(fold.position()).toBe(3n);
    fold.apply(events, 5n);
    expect(counted(database)).toEqual(once(1, 2, 3, 4, 5));
  });

  it('keeps positions that are larger than a number holds', () => {
    const far = 2n ** 62n + 1n;
    openFold(database, tally()).apply([], far);
    expect(openFold(database, tally()).position()).toBe(far);
  });

  it('keeps what came before an event that it cannot take in, nothing of that event, and nothing after it', () => {
    const poisoned = tally({
      then({ id }) {
        if (id === 'event-3') throw new Error('no such thing');
      },
    });
    const fold = openFold(database, poisoned);
    expect(fold.apply(events, 5n)?.message).toBe('tally cannot take in event event-3 (MfaUnlocked): no such thing');
    expect(counted(database)).toEqual(once(1, 2));
    expect(fold.position()).toBe(2n);
    expect(checkpoints()).toEqual([['tally', 1, 2]]);
  });

  it('never gets past such an event, however often and wherever it is tried', () => {
    const poisoned = tally({
      then({ id }) {
        if (id === 'event-1') throw new Error('no such thing');
      },
    });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const fold = openFold(database, poisoned);
      expect(fold.apply(events, 5n)?.message).toContain('event-1');
      expect(fold.apply(events.slice(0, 1), 1n)?.message).toContain('event-1');
      expect(fold.position()).toBe(0n);
    }
    expect(counted(database)).toEqual([]);
  });

  it('moves its checkpoint only from where it read it, and then keeps its rows as they were', () => {
    const [mine, other] = [openFold(database, tally()), openFold(database, tally())];
    expect(other.apply(events.slice(0, 2), 2n)).toBeNull();
    const failure = mine.apply(events, 5n);
    expect(failure?.message).toContain('the checkpoint of tally was moved by somebody else');
    expect(failure?.message).not.toContain('cannot take in');
    expect(mine.position()).toBe(0n);
    expect(checkpoints()).toEqual([['tally', 1, 2]]);
    expect(counted(database)).toEqual(once(1, 2));
  });

  it('does not move on where its checkpoint was moved back', () => {
    const fold = openFold(database, tally());
    fold.apply(events.slice(0, 3), 3n);
    database.exec('UPDATE checkpoints SET position = 1');
    expect(fold.apply(events, 5n)?.message).toContain('was moved by somebody else');
    expect(checkpoints()).toEqual([['tally', 1, 1]]);
    expect(counted(database)).toEqual(once(1, 2, 3));
  });

  it('notices that its checkpoint was moved where there is nothing to take in', () => {
    const [mine, other] = [openFold(database, tally()), openFold(database, tally())];
    other.apply([], 2n);
    expect(mine.apply([], 5n)?.message).toContain('was moved by somebody else');
  });

  it('keeps nothing of a batch that the disk has no room for, and takes it in when there is room', () => {
    const fold = openFold(database, tally());
    const many = inLog(...times(500, () => event('MfaUnlocked')));
    const pages = Number(database.pragma('page_count'));
    database.pragma(`max_page_count = ${pages + 1}`);
    expect(fold.apply(many, 500n)).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the read-model file :memory: is unavailable: the disk is full',
    });
    expect(fold.position()).toBe(0n);
    expect(counted(database)).toEqual([]);
    database.pragma(`max_page_count = ${pages + 1_000}`);
    expect(fold.apply(many, 500n)).toBeNull();
    expect(counted(database)).toHaveLength(500);
  });

  it('is not opened where one of its tables is missing', () => {
    openFold(database, tally());
    database.exec('DROP TABLE tally_1');
    expect(() => openFold(database, tally())).toThrow(
      'the read-model file :memory: is damaged (it lacks tally_1): stop the service, delete it and start again; it is rebuilt from the log',
    );
  });
});

/** A tally that holds back what it counts, and writes it in one go. */
function heldBack(whenWriting: (ids: readonly string[]) => void = () => undefined): Projection {
  return {
    ...tally(),
    open(connection) {
      const count = connection.prepare(
        'INSERT INTO tally_1 VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1',
      );
      const held: LoggedEvent[] = [];
      return {
        take(event): undefined {
          held.push(event);
        },
        write(): undefined {
          for (const { id, position } of held) count.run(id, position);
          whenWriting(held.map(({ id }) => id));
          held.length = 0;
        },
        forget(): undefined {
          held.length = 0;
        },
      };
    },
  };
}

describe('A read model that writes a batch at its end', () => {
  it('has written everything when its checkpoint moves', () => {
    const fold = openFold(database, heldBack());
    expect(fold.apply(events, 7n)).toBeNull();
    expect(counted(database)).toEqual(once(1, 2, 3, 4, 5));
    expect(checkpoints()).toEqual([['tally', 1, 7]]);
  });

  it('keeps what came before an event that cannot be written, whose id it says, and nothing after it', () => {
    const poisoned = heldBack((ids) => {
      if (ids.includes('event-3')) throw new Error('no such thing');
    });
    const fold = openFold(database, poisoned);
    expect(fold.apply(events, 5n)?.message).toBe('tally cannot take in event event-3 (MfaUnlocked): no such thing');
    expect(counted(database)).toEqual(once(1, 2));
    expect(checkpoints()).toEqual([['tally', 1, 2]]);
    expect(fold.apply(events, 5n)?.message).toContain('event-3');
    expect(counted(database)).toEqual(once(1, 2));
  });

  it('goes as far as the batch where no event by itself is to blame', () => {
    let times = 0;
    const fold = openFold(
      database,
      heldBack(() => {
        times += 1;
        if (times === 1) throw new Error('not all at once');
      }),
    );
    expect(fold.apply(events, 7n)).toBeNull();
    expect(fold.position()).toBe(7n);
    expect(counted(database)).toEqual(once(1, 2, 3, 4, 5));
  });

  it('forgets what it held where its checkpoint was moved by somebody else', () => {
    const [mine, other] = [openFold(database, heldBack()), openFold(database, heldBack())];
    other.apply(events.slice(0, 2), 2n);
    expect(mine.apply(events.slice(0, 3), 3n)?.message).toContain('was moved by somebody else');
    expect(counted(database)).toEqual(once(1, 2));
    database.exec('UPDATE checkpoints SET position = 0');
    expect(mine.apply([], 1n)).toBeNull();
    expect(counted(database)).toEqual(once(1, 2));
  });
});

describe('A new version of a read model', () => {
  it('is built beside the old one, from the beginning of the log', () => {
    openFold(database, tally()).apply(events, 5n);
    const fold = openFold(database, tally({ version: 2 }));
    expect(fold.position()).toBe(0n);
    fold.apply(events.slice(0, 2), 2n);
    expect(counted(database, 'tally', 2)).toEqual(once(1, 2));
    expect(counted(database)).toEqual(once(1, 2, 3, 4, 5));
  });

  it('takes the place of the old one, whose tables and checkpoint are dropped, as are those of read models that are no more', () => {
    const other = tally({ name: 'other' });
    for (const projection of [tally(), tally({ version: 2 }), other, tally({ name: 'gone' })])
      openFold(database, projection).apply(events, 5n);
    dropOldVersions(database, [tally({ version: 2 }), other]);
    expect(tablesOf(database)).toEqual(['built_from', 'checkpoints', 'other_1', 'tally_2']);
    expect(checkpoints()).toEqual([
      ['other', 1, 5],
      ['tally', 2, 5],
    ]);
    expect(counted(database, 'tally', 2)).toEqual(once(1, 2, 3, 4, 5));
  });

  it('is built from the beginning once more where it was dropped', () => {
    openFold(database, tally()).apply(events, 5n);
    dropOldVersions(database, [tally({ version: 2 })]);
    expect(openFold(database, tally()).position()).toBe(0n);
    expect(counted(database)).toEqual([]);
  });
});
