import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

import type { Journal, LoggedEvent } from './event.js';

/** Keeps nothing: the log lives as long as its object. */
export const memoryJournal = (): Journal => ({ events: [], write: () => undefined, close: () => undefined });

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

function line(events: readonly LoggedEvent[]): string {
  const records = events.map((event) => ({
    ...event,
    revision: event.revision.toString(),
    position: event.position.toString(),
    data: base64(event.data),
    metadata: base64(event.metadata),
  }));
  return `${JSON.stringify(records)}\n`;
}

/** An event as a line of the file holds it: bytes in base64, large numbers in decimals. */
type StoredEvent = Record<keyof LoggedEvent, string>;

function parse(text: string): readonly LoggedEvent[] {
  const records = JSON.parse(text) as readonly StoredEvent[];
  return records.map((record) => ({
    ...record,
    revision: BigInt(record.revision),
    position: BigInt(record.position),
    data: bytes(record.data),
    metadata: bytes(record.metadata),
  }));
}

/**
 * Keeps one line of JSON for each write, synced to the disk before the write is answered. A last line that a crash tore
 * was never answered: it is cut off.
 */
export function fileJournal(path: string): Journal {
  const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = content.subarray(0, content.lastIndexOf('\n') + 1);
  const events = whole
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .flatMap(parse);
  const file = openSync(path, 'a');
  ftruncateSync(file, whole.length);
  return {
    events,
    write(written) {
      const bytesOfLine = Buffer.from(line(written));
      for (let offset = 0; offset < bytesOfLine.length;) offset += writeSync(file, bytesOfLine, offset);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}
