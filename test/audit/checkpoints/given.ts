import { ANEW, type CheckpointFile } from '../../../src/audit/checkpoints/ledger.js';
import {
  createCheckpoints,
  type CheckpointRefusedError,
  type CheckpointsOptions,
} from '../../../src/audit/checkpoints/checkpoints.js';
import { claimOf } from '../../../src/audit/notes/checkpoint.js';
import { keyLines, parseSigningKeys } from '../../../src/audit/notes/key-list.js';
import { createNoteSplitter } from '../../../src/audit/notes/note-file.js';
import { leafHash } from '../../../src/audit/merkle/hashing.js';
import { appendLeaves } from '../../../src/audit/merkle/tree.js';
import { nodesInMemory } from '../merkle/given.js';
import { movableClock } from '../../support/service.js';

export const ORIGIN = 'mfa.example/audit';
export const KEYS = parseSigningKeys(keyLines(ORIGIN, Buffer.alloc(32, 1)), 'here');

/** Trees in memory that can grow, each from leaves that a word tells apart. */
export function forest(word = 'leaf') {
  const trees = new Map<string, { size: number; grownAt: bigint; nodes: ReturnType<typeof nodesInMemory> }>();
  let position = 0n;
  return {
    grow(accountId: string, count = 1): void {
      const { size, nodes } = trees.get(accountId) ?? { size: 0, nodes: nodesInMemory() };
      const leaves = Array.from({ length: count }, (_, index) => leafHash(`${word} ${size + index}`));
      trees.set(accountId, { size: appendLeaves(nodes, size, leaves), grownAt: (position += 1n), nodes });
    },
    sizeOf: (accountId: string) => trees.get(accountId)?.size ?? 0,
    nodesOf: (accountId: string) => trees.get(accountId)?.nodes ?? nodesInMemory(),
    grownSince: (since: bigint, limit: number) =>
      [...trees]
        .map(([accountId, { grownAt }]) => ({ accountId, grownAt }))
        .filter(({ grownAt }) => grownAt > since)
        .sort((one, other) => Number(one.grownAt - other.grownAt))
        .slice(0, limit),
  };
}

/** A file in memory that any number may have open, and that can be full. */
export function memoryFile(text = '') {
  const file = { text, limit: Infinity, generation: 0 };
  const open = (): CheckpointFile => {
    let [position, generation] = [0, file.generation];
    return {
      async *read() {
        if (generation !== file.generation) {
          [position, generation] = [0, file.generation];
          yield ANEW;
        }
        const added = file.text.slice(position);
        position = file.text.length;
        if (added !== '') yield added;
      },
      async append(texts) {
        for (const one of texts) {
          const room = file.limit - file.text.length;
          file.text += one.slice(0, Math.max(0, room));
          if (room < one.length) throw new Error('the disk is full');
        }
      },
    };
  };
  return Object.assign(file, { open });
}

/** What a file of checkpoints has, as account and size. */
export function sizesIn({ text }: { readonly text: string }): readonly string[] {
  return createNoteSplitter()
    .push(text)
    .map((note) => {
      const claim = claimOf(note);
      return `${claim?.origin.slice(ORIGIN.length + 1)} ${claim?.size}`;
    });
}

interface Given extends Partial<Omit<CheckpointsOptions, 'trees'>> {
  readonly on?: ReturnType<typeof memoryFile>;
  readonly trees?: ReturnType<typeof forest>;
}

/** Checkpoints over trees in memory. */
export function stage({ on: file = memoryFile(), trees = forest(), ...more }: Given = {}) {
  const clock = movableClock();
  const refusals: CheckpointRefusedError[] = [];
  const options: CheckpointsOptions = {
    ...{ file: file.open(), origin: ORIGIN, keys: KEYS, trees, now: clock.now },
    caughtUp: async () => true,
    nameOrigin: async () => 'NAMED',
    onRefusal: (refusal) => refusals.push(refusal),
    ...more,
  };
  return { file, trees, clock, refusals, checkpoints: createCheckpoints(options) };
}
