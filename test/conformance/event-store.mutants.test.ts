import { describe, expect, it } from '@jest/globals';
import { EVENT_STORE_CONTRACT } from './event-store.contract.js';
import { EVENT_STORE_MUTANTS } from './event-store.mutants.js';
import { fileStore } from './event-store/sqlite.js';
import { isBroken } from './sentence.js';

/** Short, since a mutant may wait for ever: at worst a slow machine lets one be noticed for the wrong reason. */
const deadline = 600;

describe('The contract of the event store', () => {
  it.each(EVENT_STORE_CONTRACT)('has a mutant for: $sentence', ({ sentence }) => {
    expect(EVENT_STORE_MUTANTS.map((mutant) => mutant.sentence)).toContain(sentence);
  });

  it.each(EVENT_STORE_MUTANTS)('notices a store that $fault, by: $sentence', async ({ sentence, mutate }) => {
    const kept = EVENT_STORE_CONTRACT.find((candidate) => candidate.sentence === sentence);
    if (kept === undefined) throw new Error('the contract has no such sentence');
    const given = await fileStore({ deadline, wrap: mutate });
    const outcome = await kept.verify(given).catch((error: unknown) => error);
    await given.dispose();
    if (!isBroken(outcome)) throw new Error('the mutant was not noticed', { cause: outcome });
  });
});
