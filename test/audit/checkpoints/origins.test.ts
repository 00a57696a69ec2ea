import { describe, expect, it } from '@jest/globals';
import type { OriginStanding } from '../../../src/audit/checkpoints/checkpoints.js';
import { forest, sizesIn, stage } from './given.js';

describe('Checkpoints', () => {
  it('go on under another origin from those that were signed under the one before', async () => {
    const before = stage({ origin: 'before.example' });
    before.trees.grow('acme', 3);
    before.trees.grow('other', 3);
    await before.checkpoints.round();
    const rewritten = forest('another leaf');
    rewritten.grow('acme', 200);
    const { checkpoints, refusals } = stage({ on: before.file, trees: rewritten });
    await checkpoints.round();
    expect(refusals.map(({ accountId }) => accountId)).toEqual(['acme', 'other']);
    await expect(checkpoints.sign('acme')).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
    before.trees.grow('acme', 100);
    const after = stage({ on: before.file, trees: before.trees });
    await after.checkpoints.round();
    expect(sizesIn(before.file).at(-1)).toBe('acme 103');
  });

  it('are signed over trails that name the origin, which is asked of each account once', async () => {
    const asked: string[] = [];
    const standings = new Map<string, OriginStanding>([
      ['acme', 'BEHIND'],
      ['other', 'UNREGISTERED'],
    ]);
    const { file, trees, checkpoints } = stage({
      nameOrigin: async (accountId) => {
        asked.push(accountId);
        const standing = standings.get(accountId) ?? 'NAMED';
        // The record that names it.
        if (standing === 'NAMED') trees.grow(accountId);
        return standing;
      },
    });
    for (const accountId of ['acme', 'other', 'third']) trees.grow(accountId);
    await checkpoints.round();
    expect(sizesIn(file)).toEqual(['other 1', 'third 2']);
    await expect(checkpoints.sign('acme')).rejects.toMatchObject({ code: 'STALE' });
    standings.clear();
    await checkpoints.round();
    expect(sizesIn(file).slice(2)).toEqual(['acme 2']);
    await checkpoints.sign('acme');
    for (const accountId of ['acme', 'third']) trees.grow(accountId, 200);
    await checkpoints.round();
    expect(sizesIn(file).slice(3)).toEqual(['acme 202', 'third 202']);
    expect(asked).toEqual(['acme', 'other', 'third', 'acme', 'acme']);
  });

  it('are not signed over a trail that was registered while its origin was asked for', async () => {
    const { file, trees, checkpoints } = stage({
      nameOrigin: async (accountId) => {
        trees.grow(accountId);
        return 'UNREGISTERED';
      },
    });
    trees.grow('acme');
    await checkpoints.round();
    expect(sizesIn(file)).toEqual([]);
    await expect(checkpoints.sign('acme')).rejects.toMatchObject({ code: 'STALE' });
  });

  it('of other accounts are signed where the origin of one cannot be named, which is told', async () => {
    let isUnreadable = true;
    const { file, trees, checkpoints } = stage({
      nameOrigin: async (accountId) => {
        if (accountId === 'acme' && isUnreadable) throw new Error('unreadable');
        return 'NAMED';
      },
    });
    for (const accountId of ['acme', 'other']) trees.grow(accountId);
    await expect(checkpoints.round()).rejects.toThrow('unreadable');
    expect(sizesIn(file)).toEqual(['other 1']);
    isUnreadable = false;
    await checkpoints.round();
    expect(sizesIn(file)).toEqual(['other 1', 'acme 1']);
  });
});
