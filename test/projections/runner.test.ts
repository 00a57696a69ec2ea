import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { event } from '../support/builders.js';
import { METADATA } from './given.js';
import { LONG, openStage, poison, until, type Stage } from './stage.js';
import { counted, once, tally } from './tally.js';

const FORGED_ID = '00000000-0000-4000-8000-000000000000';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dispose());

describe('The read models', () => {
  it('take in what is in the log, and then what is appended, each event once', async () => {
    const before = await stage.append(3);
    await stage.start(tally(), tally({ name: 'other' }));
    const all = [...before, ...(await stage.append(2))];
    await stage.caughtUp();
    for (const name of ['tally', 'other']) expect(counted(stage.database, name)).toEqual(once(...all));
    expect(stage.runner.status()).toEqual({ position: all.at(-1), halted: [], waitingFor: null });
    expect([stage.halts, stage.waits]).toEqual([[], []]);
  });

  it('go on where they stood when they are started again', async () => {
    const before = await stage.append(3);
    await stage.start(tally());
    await stage.caughtUp();
    await stage.runner.stop();
    const after = await stage.append(2);
    await stage.start(tally());
    await stage.caughtUp();
    expect(counted(stage.database)).toEqual(once(...before, ...after));
  });

  it('are the same when they are built anew', async () => {
    const all = await stage.append(4);
    await stage.start(tally());
    await stage.caughtUp();
    await stage.loseReadModels();
    await stage.start(tally());
    await stage.caughtUp();
    expect(counted(stage.database)).toEqual(once(...all));
  });

  it('are told of what is new when one of them is: the others pass over what they have seen', async () => {
    const all = await stage.append(3);
    await stage.start(tally());
    await stage.caughtUp();
    await stage.start(tally(), tally({ name: 'newcomer' }));
    await stage.caughtUp();
    expect(counted(stage.database)).toEqual(once(...all));
    expect(counted(stage.database, 'newcomer')).toEqual(once(...all));
  });

  it('let nobody wait any longer once they are stopped', async () => {
    await stage.start(tally());
    const answer = stage.runner.reached(1_000n, LONG);
    await stage.runner.stop();
    expect(await answer).toBe(false);
    expect(await stage.runner.reached(1_000n, LONG)).toBe(false);
  });
});

describe('A read model that meets a poison event', () => {
  it('halts there, says so, and is never moved past it, not by a restart either', async () => {
    const before = await stage.append(2);
    await stage.appendPoison();
    await stage.append(2);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await stage.start(tally({ then: poison }));
      await until(() => stage.halts.length === attempt);
      expect(counted(stage.database)).toEqual(once(...before));
      expect(stage.runner.status()).toEqual({
        position: before.at(-1),
        halted: [{ projection: 'tally', reason: expect.stringMatching(/^tally cannot take in event .*: poison$/) }],
        waitingFor: null,
      });
      await stage.runner.stop();
    }
  });

  it('goes on when a release can take the event in', async () => {
    const all = [...(await stage.append(2)), await stage.appendPoison(), ...(await stage.append(2))];
    await stage.start(tally({ then: poison }));
    await until(() => stage.halts.length === 1);
    await stage.start(tally());
    await stage.caughtUp();
    expect(counted(stage.database)).toEqual(once(...all));
  });

  it('does not keep others from going on, and nobody waits for it', async () => {
    const all = [...(await stage.append(2)), await stage.appendPoison(), ...(await stage.append(2))];
    await stage.start(tally({ then: poison }), tally({ name: 'other' }));
    await stage.caughtUp();
    all.push(...(await stage.append(2)));
    await stage.caughtUp();
    expect(counted(stage.database, 'other')).toEqual(once(...all));
    expect(counted(stage.database)).toEqual(once(...all.slice(0, 2)));
    expect(stage.runner.status().halted.map(({ projection }) => projection)).toEqual(['tally']);
    expect(stage.runner.status().position).toBe(all[1]);
  });

  it('lets go those who wait where no read model is left that runs', async () => {
    await stage.start(tally({ then: poison }));
    const answer = stage.runner.reached(1_000n, LONG);
    await stage.appendPoison();
    expect(await answer).toBe(false);
    expect(await stage.runner.reached(1_000n, LONG)).toBe(false);
  });
});

describe('An event that this release cannot read', () => {
  it('halts all that have not got past it, after what comes before it', async () => {
    const before = await stage.append(2);
    const position = await stage.ledger.appendUnreadable();
    await stage.append(2);
    await stage.start(tally(), tally({ name: 'other' }));
    await until(() => stage.halts.length === 2);
    for (const name of ['tally', 'other']) expect(counted(stage.database, name)).toEqual(once(...before));
    for (const { reason } of stage.runner.status().halted)
      expect(reason).toContain('its type is unknown to this release');
    expect(stage.runner.status().position).toBe(position - 1n);
    expect(stage.waits).toEqual([]);
  });

  it('halts only those that look at its personal values where these do not open, after what comes before it', async () => {
    const before = await stage.append(2);
    const sealed = { personId: 'person', sealed: 'A'.repeat(64), commitment: '' };
    const { data } = event('UserCreated');
    const forged = { id: FORGED_ID, type: 'UserCreated', revision: 1, data, metadata: METADATA };
    const { position } = await stage.ledger.store.append('user-forged', 0, [
      { ...forged, personal: { subject: sealed } },
    ]);
    const after = await stage.append(2);
    await stage.start(tally({ then: ({ personal }) => expect(personal).toBeDefined() }), tally({ name: 'other' }));
    await stage.caughtUp();
    expect(stage.halts).toHaveLength(1);
    expect(stage.halts[0]).toContain(`tally: tally cannot take in event ${FORGED_ID} (UserCreated): `);
    expect(counted(stage.database)).toEqual(once(...before));
    expect(counted(stage.database, 'other')).toEqual(once(...before, position, ...after));
  });

  it('does not halt those that have got past it', async () => {
    const all = await stage.append(3);
    await stage.start(tally());
    await stage.caughtUp();
    await stage.runner.stop();
    await stage.forgetKeys();
    stage.toVault('UPDATE secrets SET sealed = zeroblob(length(sealed))');
    await stage.start(tally(), tally({ name: 'newcomer' }));
    await until(() => stage.halts.length === 1);
    expect(stage.runner.status().halted).toEqual([
      {
        projection: 'newcomer',
        reason: expect.stringMatching(/^event .* \(UserCreated\) cannot be read: the person /),
      },
    ]);
    expect(counted(stage.database)).toEqual(once(...all));
  });
});

describe('What may pass', () => {
  it('halts nobody: all wait until the vault can be read again, and then take in everything', async () => {
    const all = await stage.append(3);
    await stage.forgetKeys();
    stage.breakVault();
    await stage.start(tally(), tally({ name: 'other' }));
    await until(() => stage.runner.status().waitingFor !== null);
    expect(stage.runner.status().waitingFor).toMatch(/^the vault is unavailable/);
    expect(await stage.runner.reached(1n, 50)).toBe(false);
    expect(counted(stage.database)).toEqual([]);
    stage.mendVault();
    await stage.caughtUp();
    for (const name of ['tally', 'other']) expect(counted(stage.database, name)).toEqual(once(...all));
    await until(() => stage.runner.status().waitingFor === null);
    expect(stage.halts).toEqual([]);
    expect(stage.waits).toHaveLength(1);
  });

  it('is waited for no longer when they are stopped', async () => {
    await stage.append(1);
    await stage.forgetKeys();
    stage.breakVault();
    await stage.start(tally());
    await until(() => stage.waits.length === 1);
    await stage.runner.stop();
    stage.mendVault();
    expect(counted(stage.database)).toEqual([]);
    expect(stage.halts).toEqual([]);
  });

  it('halts nobody where the disk has no room for what is taken in', async () => {
    await stage.start(tally(), tally({ name: 'other' }));
    await stage.caughtUp();
    const pages = Number(stage.database.pragma('page_count'));
    stage.database.pragma(`max_page_count = ${pages}`);
    const all = await stage.append(200);
    await until(() => stage.waits.length === 1);
    expect(stage.waits[0]).toBe('the read-model file :memory: is unavailable: the disk is full');
    stage.database.pragma(`max_page_count = ${pages + 1_000}`);
    await stage.caughtUp();
    for (const name of ['tally', 'other']) expect(counted(stage.database, name)).toEqual(once(...all));
    expect(stage.halts).toEqual([]);
  });
});
