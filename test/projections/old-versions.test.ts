import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openStage, poison, until, type Stage } from './stage.js';
import { counted, once, tablesOf, tally } from './tally.js';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dispose());

describe('An old version of a read model', () => {
  const [old, renewed] = [tally(), tally({ version: 2 })];

  it('stays until the new one has caught up with the log, and is dropped then', async () => {
    const all = await stage.append(3);
    await stage.start(old);
    await stage.caughtUp();
    await stage.runner.stop();
    await stage.forgetKeys();
    stage.breakVault();
    await stage.start(renewed);
    await until(() => stage.waits.length === 1);
    expect(tablesOf(stage.database)).toEqual(['built_from', 'checkpoints', 'tally_1', 'tally_2']);
    expect(counted(stage.database)).toEqual(once(...all));
    stage.mendVault();
    await stage.caughtUp();
    await until(() => !tablesOf(stage.database).includes('tally_1'));
    expect(tablesOf(stage.database)).toEqual(['built_from', 'checkpoints', 'tally_2']);
    expect(counted(stage.database, 'tally', 2)).toEqual(once(...all));
  });

  it('takes in nothing any more', async () => {
    const before = await stage.append(2);
    await stage.start(old);
    await stage.caughtUp();
    await stage.runner.stop();
    await stage.appendPoison();
    await stage.append(2);
    await stage.start(tally({ version: 2, then: poison }));
    await until(() => stage.halts.length === 1);
    expect(counted(stage.database)).toEqual(once(...before));
  });

  it('stays where the new one has halted, and is there for the release before', async () => {
    const all = [...(await stage.append(2)), await stage.appendPoison()];
    await stage.start(old);
    await stage.caughtUp();
    await stage.start(tally({ version: 2, then: poison }));
    await until(() => stage.halts.length === 1);
    await stage.runner.stop();
    expect(tablesOf(stage.database)).toEqual(['built_from', 'checkpoints', 'tally_1', 'tally_2']);
    all.push(...(await stage.append(2)));
    await stage.start(old);
    await stage.caughtUp();
    expect(counted(stage.database)).toEqual(once(...all));
    await until(() => !tablesOf(stage.database).includes('tally_2'));
  });

  it('is dropped at the start where the new one had caught up before', async () => {
    await stage.append(2);
    for (const version of [1, 2]) {
      await stage.start(tally({ version }));
      await stage.caughtUp();
      await until(() => !tablesOf(stage.database).includes('tally_1') || version === 1);
      await stage.runner.stop();
    }
    stage.database.exec(tally().schema);
    stage.database.exec("INSERT INTO checkpoints VALUES ('tally', 1, 0, '[\"tally_1\"]')");
    await stage.start(renewed);
    await until(() => !tablesOf(stage.database).includes('tally_1'));
    expect(tablesOf(stage.database)).toEqual(['built_from', 'checkpoints', 'tally_2']);
  });

  it('is dropped where the log is empty', async () => {
    await stage.start(old);
    await stage.caughtUp();
    await stage.start(renewed);
    await until(() => !tablesOf(stage.database).includes('tally_1'));
  });
});
