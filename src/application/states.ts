import { LRUCache } from 'lru-cache';
import type { StreamName } from '../domain/stream.js';
import type { KnownStates, Loaded } from './application.js';

/** States that are kept, a few hundred bytes each; the ones longest unused are folded anew. */
const STATES_KEPT = 20_000;

/** Keeps states in bounded memory; `most` of them. */
export function createKnownStates(most = STATES_KEPT): KnownStates {
  const known = new LRUCache<StreamName, Loaded<unknown>>({ max: most });
  const folding = new Map<StreamName, Promise<boolean>>();
  let round = 0;
  return {
    round: () => round,
    of: (stream) => known.get(stream),
    keep(stream, loaded, since) {
      if (since !== round || (known.peek(stream)?.version ?? 0) >= loaded.version) return;
      known.set(stream, loaded);
    },
    folding: (stream) => folding.get(stream),
    startFolding(stream, portion) {
      // Who waits for a portion that fails reads for itself, and meets the fault itself.
      const settled = portion.catch(() => false);
      folding.set(stream, settled);
      void settled.then(() => folding.delete(stream));
    },
    forget() {
      round += 1;
      known.clear();
    },
  };
}
