import { access } from 'node:fs/promises';
import type { Config } from '../config.js';
import { createEventLog, type EventLog } from '../eventstore/event-log.js';
import type { EventStore } from '../eventstore/event-store.js';
import { fixedKeyRing } from '../vault/key-ring-source.js';
import type { KeyRing } from '../vault/key-ring.js';
import { createPersonKeys } from '../vault/person-keys.js';
import { keyRingFileOf, keyRingOf } from './keys.js';
import { openLogToRead, type LogContext } from './log.js';

/** The log, opened beside the service to be read only. */
export interface LogReading {
  readonly store: EventStore;
  /** What opens personal values; null where there is no key ring. */
  readonly log: EventLog | null;
  close(): Promise<void>;
}

/** The key ring that the settings name; null where one would have been generated and was not. */
async function keyRingToRead(config: Config): Promise<KeyRing | null> {
  if (config.keyRing.from !== 'GENERATED') return keyRingOf(config);
  return access(keyRingFileOf(config) ?? '').then(
    () => keyRingOf(config),
    () => null,
  );
}

/** Opens the log that the settings name so that nothing can be written to it. @param withKeys whether personal values are to be opened */
export async function openLogReading(config: Config, context: LogContext, withKeys: boolean): Promise<LogReading> {
  const keyRing = withKeys ? await keyRingToRead(config) : null;
  const opened = openLogToRead(config, context);
  const closeables: { close(): Promise<void> }[] = [opened];
  const close = async () => {
    for (const one of closeables.splice(0).reverse()) await one.close();
  };
  try {
    const store = opened.openStore();
    closeables.push(store);
    if (keyRing === null) return { store, log: null, close };
    const vault = opened.openVault(fixedKeyRing(keyRing));
    closeables.push(vault);
    return { store, log: createEventLog(store, createPersonKeys(vault)), close };
  } catch (error) {
    await close();
    throw error;
  }
}
