import { expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openConnection } from '../../src/sqlite/connection.js';
import { loadDrivers } from '../../src/sqlite/driver.js';

it.each(loadDrivers())(
  'a transaction by $name undoes what an asynchronous job has done, and refuses it',
  async (driver) => {
    const database = openConnection(':memory:', {}, driver);
    database.exec('CREATE TABLE things (name TEXT)');
    const job = async () => {
      database.exec("INSERT INTO things VALUES ('one')");
      await nextTurn();
      throw new Error('xK9');
    };
    // Types refuse such a job as well, where they know of it.
    const transaction: (mode: 'immediate', job: () => unknown) => unknown = database.transaction.bind(database);
    expect(() => transaction('immediate', job)).toThrow('a transaction takes no asynchronous job');
    // What the job throws later reaches nobody.
    await nextTurn();
    await nextTurn();
    expect(database.isTransaction).toBe(false);
    expect(database.prepareValues<[]>('SELECT name FROM things').all()).toEqual([]);
    database.close();
  },
);
