import { APPENDING } from './event-store/appending.js';
import { CLOSING } from './event-store/closing.js';
import type { StoreSentence } from './event-store/given.js';
import { READING } from './event-store/reading.js';
import { REFUSING } from './event-store/refusing.js';
import { SHARING } from './event-store/sharing.js';
import { SUBSCRIBING } from './event-store/subscribing.js';

/**
 * What every event store keeps, sentence by sentence. Nothing here takes the store to be empty or positions to be known,
 * and every stream is fresh, so the sentences hold on a log that others use meanwhile.
 */
export const EVENT_STORE_CONTRACT: readonly StoreSentence[] = [
  ...APPENDING,
  ...REFUSING,
  ...READING,
  ...SUBSCRIBING,
  ...CLOSING,
  ...SHARING,
];
