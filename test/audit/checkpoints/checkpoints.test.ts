import { describe, expect, it } from '@jest/globals';
import { isDue } from '../../../src/audit/checkpoints/schedule.js';
import { rootAt } from '../../../src/audit/merkle/tree.js';
import { openCheckpoint } from '../../../src/audit/notes/checkpoint.js';
import { createNoteSplitter, noteInFile } from '../../../src/audit/notes/note-file.js';
import { hex } from '../merkle/given.js';
import { forest, KEYS, memoryFile, ORIGIN, sizesIn, stage } from './given.js';

const HOUR = 3_600_000;

describe('A checkpoint is due', () => {
  const at = '2026-01-01T10:59:59.999Z';
  it.each([
    ['for a trail that has none', 1, null, at, true],
    ['not for a trail without records', 0, null, at, false],
    ['not where nothing was added', 5, { size: 5, at }, '2026-01-03T00:00:00.000Z', false],
    ['not in the same hour', 104, { size: 5, at }, '2026-01-01T10:59:59.999Z', false],
    ['after a hundred records', 105, { size: 5, at }, at, true],
    ['in another hour', 6, { size: 5, at }, '2026-01-01T11:00:00.000Z', true],
    ['in the same hour of another day', 6, { size: 5, at }, '2026-01-02T10:00:00.000Z', true],
    ['where it is not known when the last was signed', 6, { size: 5, at: null }, at, true],
    ['not where nothing was added since then', 5, { size: 5, at: null }, at, false],
    ['not for a trail that is shorter', 4, { size: 5, at: null }, at, false],
  ])('%s', (_, size, last, now, due) => {
    expect(isDue(size, last, now)).toBe(due);
  });
});

describe('Checkpoints', () => {
  it('are signed for each account that has grown, every hundred records and every hour', async () => {
    const { file, trees, clock, checkpoints } = stage();
    await checkpoints.round();
    expect(file.text).toBe('');
    trees.grow('acme', 3);
    trees.grow('other', 1);
    await checkpoints.round();
    expect(sizesIn(file)).toEqual(['acme 3', 'other 1']);
    trees.grow('acme', 99);
    await checkpoints.round();
    expect(sizesIn(file)).toHaveLength(2);
    trees.grow('acme', 1);
    await checkpoints.round();
    expect(sizesIn(file).slice(2)).toEqual(['acme 103']);
    trees.grow('other', 1);
    await checkpoints.round();
    clock.advance(HOUR - 1);
    await checkpoints.round();
    expect(sizesIn(file)).toHaveLength(3);
    clock.advance(1);
    await checkpoints.round();
    expect(sizesIn(file).slice(3)).toEqual(['other 2']);
    clock.advance(5 * HOUR);
    await checkpoints.round();
    expect(sizesIn(file)).toHaveLength(4);
  });

  it('are signed by the key that signs, over the root at that size', async () => {
    const { file, trees, checkpoints } = stage();
    trees.grow('acme', 7);
    await checkpoints.round();
    const [note = ''] = createNoteSplitter().push(file.text);
    expect(openCheckpoint(note, KEYS.verifiers)).toMatchObject({
      opened: true,
      checkpoint: { origin: `${ORIGIN}/acme`, size: 7, extensions: [] },
    });
    const signed = await checkpoints.sign('acme');
    expect(signed.note).toBe(note);
    expect([signed.size, hex(signed.root)]).toEqual([7, hex(rootAt(trees.nodesOf('acme'), 7))]);
    expect(sizesIn(file)).toHaveLength(1);
    expect(checkpoints.verifierKeys).toEqual(KEYS.verifiers.map(({ text }) => text));
  });

  it('go on after a restart where the trail has grown since, and nowhere else', async () => {
    const { file, trees, checkpoints } = stage();
    trees.grow('acme', 3);
    trees.grow('other', 3);
    await checkpoints.round();
    trees.grow('acme', 1);
    await checkpoints.round();
    expect(sizesIn(file)).toEqual(['acme 3', 'other 3']);
    await stage({ on: file, trees }).checkpoints.round();
    expect(sizesIn(file)).toEqual(['acme 3', 'other 3', 'acme 4']);
  });

  it('are not signed twice by nodes that share a file', async () => {
    const one = stage();
    const other = stage({ on: one.file, trees: one.trees });
    one.trees.grow('acme', 3);
    for (const { checkpoints } of [one, other, one, other]) await checkpoints.round();
    expect(sizesIn(one.file)).toEqual(['acme 3']);
  });

  it('of other accounts in the file are passed over, and so is what is none', async () => {
    const other = stage({ origin: 'other.example' });
    other.trees.grow('another', 500);
    await other.checkpoints.round();
    const file = memoryFile(`not a note\n\n${other.file.text}nonsense\n\n`);
    const { trees, checkpoints, refusals } = stage({ on: file });
    trees.grow('another', 500);
    trees.grow('acme', 2);
    await checkpoints.round();
    expect([sizesIn(file).at(-1), refusals]).toEqual(['acme 2', []]);
  });

  it('are read anew from a file that took the place of the one before', async () => {
    const { file, trees, checkpoints } = stage();
    trees.grow('acme', 3);
    await checkpoints.round();
    Object.assign(file, { text: '', generation: 1 });
    trees.grow('acme', 200);
    await checkpoints.round();
    expect(sizesIn(file)).toEqual(['acme 203']);
  });
});

it('a note that was torn off in the file before is no part of the file that took its place', async () => {
  const other = stage();
  other.trees.grow('acme', 3);
  await other.checkpoints.round();
  const file = memoryFile(other.file.text.slice(0, 20));
  const { trees, checkpoints, refusals } = stage({ on: file });
  await checkpoints.round();
  Object.assign(file, { text: other.file.text, generation: 1 });
  trees.grow('acme', 2);
  await checkpoints.round();
  expect([sizesIn(file), refusals.length]).toEqual([['acme 3'], 1]);
});

describe('Nothing is signed', () => {
  it('for a trail that is shorter than what was signed, and that is told once', async () => {
    const before = stage();
    before.trees.grow('acme', 10);
    before.trees.grow('other', 10);
    await before.checkpoints.round();
    const { trees, clock, checkpoints, refusals } = stage({ on: before.file });
    trees.grow('acme', 9);
    trees.grow('other', 11);
    await checkpoints.round();
    expect(sizesIn(before.file)).toEqual(['acme 10', 'other 10', 'other 11']);
    clock.advance(HOUR);
    await checkpoints.round();
    expect(refusals.map(({ accountId }) => accountId)).toEqual(['acme']);
    expect(refusals[0]?.message).toMatch(
      /acme is not what an earlier checkpoint says.*`virtual-mfa audit verify --store`/,
    );
    await expect(checkpoints.sign('acme')).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
    await expect(checkpoints.sign('other')).resolves.toMatchObject({ size: 11 });
    trees.grow('acme', 1);
    await checkpoints.round();
    expect(sizesIn(before.file).at(-1)).toBe('other 11');
    await expect(checkpoints.sign('acme')).resolves.toMatchObject({ size: 10 });
  });

  it('for a trail that was written anew, however long it is', async () => {
    const before = stage();
    before.trees.grow('acme', 10);
    await before.checkpoints.round();
    const trees = forest('another leaf');
    const { checkpoints, refusals } = stage({ on: before.file, trees });
    trees.grow('acme', 500);
    for (const _ of [1, 2, 3]) await checkpoints.round();
    expect([sizesIn(before.file), refusals.length]).toEqual([['acme 10'], 1]);
    await expect(checkpoints.sign('acme')).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
  });

  it('for a trail of which there are two checkpoints of one size that differ', async () => {
    const [one, other] = [stage(), stage({ trees: forest('x') })];
    one.trees.grow('acme', 4);
    await one.checkpoints.round();
    const forked = forest('another leaf');
    forked.grow('acme', 4);
    const fork = await stage({ on: other.file, trees: forked }).checkpoints.sign('acme');
    one.file.text += noteInFile(fork.note);
    one.trees.grow('acme', 100);
    await one.checkpoints.round();
    expect([sizesIn(one.file).length, one.refusals.length]).toEqual([2, 1]);
  });

  it('for an account whose trail is gone, which is told at once', async () => {
    const before = stage();
    before.trees.grow('acme', 10);
    await before.checkpoints.round();
    const { checkpoints, refusals } = stage({ on: before.file });
    await checkpoints.round();
    expect(refusals.map(({ accountId }) => accountId)).toEqual(['acme']);
    await expect(checkpoints.sign('acme')).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' });
  });

  it('where it cannot be told whether the trees are only behind the log; it is tried again', async () => {
    const before = stage();
    before.trees.grow('acme', 10);
    await before.checkpoints.round();
    let catchesUp = false;
    const { trees, checkpoints, refusals } = stage({
      on: before.file,
      caughtUp: async () => {
        if (catchesUp) trees.grow('acme', 195);
        return catchesUp;
      },
    });
    trees.grow('acme', 5);
    await checkpoints.round();
    await expect(checkpoints.sign('acme')).rejects.toMatchObject({ code: 'STALE' });
    catchesUp = true;
    await checkpoints.round();
    expect([sizesIn(before.file), refusals]).toEqual([['acme 10', 'acme 200'], []]);
  });

  it('where the file cannot be read', async () => {
    const failing = {
      append: async () => undefined,
      read() {
        throw new Error('no permission');
      },
    };
    const { trees, checkpoints } = stage({ file: failing });
    trees.grow('acme', 1);
    await expect(checkpoints.round()).rejects.toThrow('no permission');
    await expect(checkpoints.sign('acme')).rejects.toThrow('no permission');
  });
});

describe('A file of checkpoints', () => {
  it('that is full gets what is missing once there is room, and stays readable', async () => {
    const { file, trees, checkpoints } = stage();
    trees.grow('acme', 1);
    await checkpoints.round();
    file.limit = file.text.length + 50;
    trees.grow('acme', 100);
    trees.grow('other', 1);
    await expect(checkpoints.round()).rejects.toThrow('full');
    await checkpoints.round();
    await expect(checkpoints.round()).rejects.toThrow('full');
    file.limit = Infinity;
    for (const _ of [1, 2]) await checkpoints.round();
    expect(sizesIn(file)).toEqual(['acme 1', 'acme 101', 'other 1']);
    expect(file.text).toContain('(torn)');
  });

  it('that ends in a torn note is gone on with behind it, but not while that may still be written', async () => {
    const whole = stage();
    whole.trees.grow('acme', 1);
    await whole.checkpoints.round();
    const file = memoryFile(whole.file.text.slice(0, -40));
    const { trees, checkpoints } = stage({ on: file });
    trees.grow('acme', 2);
    await checkpoints.round();
    expect(file.text).not.toContain('(torn)');
    file.text = whole.file.text.slice(0, -20);
    await checkpoints.round();
    expect(file.text).not.toContain('(torn)');
    await checkpoints.round();
    expect(sizesIn(file)).toEqual(['acme 2']);
  });
});
