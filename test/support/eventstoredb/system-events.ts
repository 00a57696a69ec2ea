import type { Log } from './log.js';

/** Writes an event as the server does for its own ends. */
export function writeSystemEvent(log: Log, stream: string, type: string): void {
  const text = JSON.stringify({ of: 'the system' });
  log.append(stream, 'any', [
    {
      id: crypto.randomUUID(),
      type,
      contentType: 'application/json',
      data: new TextEncoder().encode(text),
      metadata: new Uint8Array(),
    },
  ]);
}

/** Writes what a new server writes before anybody else can. */
export function writeFirstEvents(log: Log): void {
  writeSystemEvent(log, '$epoch-information', '$EpochInformation');
  writeSystemEvent(log, '$users', '$User');
  writeSystemEvent(log, '$user-admin', '$UserCreated');
}
