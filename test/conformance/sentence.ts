import { expect } from '@jest/globals';
import { ConcurrencyError, EventStoreError } from '../../src/eventstore/event-store.js';
import { VaultError } from '../../src/vault/vault.js';

/** One sentence of a contract, and how to find out whether an adapter keeps it. */
export interface Sentence<Given> {
  readonly sentence: string;
  /** Set where it takes a second handle on the same data, as another node has one. */
  readonly needsAnotherNode?: true;
  /** Fails where the sentence is not kept. */
  verify(given: Given): Promise<void>;
}

/** A fault put into an adapter on purpose, which a sentence must notice. */
export interface Mutant<Mutate> {
  readonly sentence: string;
  readonly fault: string;
  readonly mutate: Mutate;
}

/** What a sentence says did not happen. */
export class SentenceBroken extends Error {}

/** Whether a sentence was found broken: by an expectation, or by an error of the port where there should be none. */
export function isBroken(error: unknown): boolean {
  if (error instanceof SentenceBroken || error instanceof ConcurrencyError) return true;
  if (error instanceof EventStoreError || error instanceof VaultError) return true;
  return error instanceof Error && 'matcherResult' in error;
}

/** Expects an attempt to be refused with an error of these properties, its `code` among them. */
export async function expectRefusal(
  attempt: () => Promise<unknown>,
  properties: { readonly code: string },
): Promise<void> {
  let answer: unknown;
  try {
    answer = await attempt();
  } catch (error) {
    expect(error).toMatchObject(properties);
    return;
  }
  throw new SentenceBroken(`was not refused as ${properties.code}, but answered ${String(answer)}`);
}

/** Waits for a promise, and finds the sentence broken where it takes for ever. */
export async function inTime<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SentenceBroken(`did not happen: ${what}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
