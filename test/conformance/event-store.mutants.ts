import { MUTANTS_OF_APPENDING } from './event-store/mutants-of-appending.js';
import { MUTANTS_OF_CLOSING } from './event-store/mutants-of-closing.js';
import { MUTANTS_OF_READING } from './event-store/mutants-of-reading.js';
import { MUTANTS_OF_SHARING } from './event-store/mutants-of-sharing.js';
import { MUTANTS_OF_SUBSCRIBING } from './event-store/mutants-of-subscribing.js';
import type { StoreMutant } from './event-store/mutating.js';

/** Faults that the contract of the event store must notice: at least one for every sentence. */
export const EVENT_STORE_MUTANTS: readonly StoreMutant[] = [
  ...MUTANTS_OF_APPENDING,
  ...MUTANTS_OF_READING,
  ...MUTANTS_OF_SUBSCRIBING,
  ...MUTANTS_OF_CLOSING,
  ...MUTANTS_OF_SHARING,
];
