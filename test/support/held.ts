import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient, StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client';
import Database from 'better-sqlite3';
import type { Loose } from './client.js';
import type { LogPlace } from './stored.js';

/** A secret as it lies in the vault. */
export interface HeldSecret {
  readonly kind: string;
  readonly id: string;
  readonly destroyed: boolean;
  /** What can still be read of it, byte by byte. */
  readonly sealed: Buffer;
}

/** Everything that a service keeps, byte by byte, by where it lies: files, and the streams of its log's server. */
export async function heldBy({ folder, eventStoreUrl = null }: LogPlace): Promise<ReadonlyMap<string, Buffer>> {
  const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
  const streams = eventStoreUrl === null ? [] : [...(await textsOn(eventStoreUrl))];
  return new Map([...files, ...streams.map(([name, text]) => [ON_SERVER + name, Buffer.from(text)] as const)]);
}

/** Whether a place of `heldBy` belongs to the log or the vault. */
export function isOfLog(name: string): boolean {
  return name.startsWith('log.db') || name.startsWith(ON_SERVER);
}

/** Every secret that the vault has or had, read past the service. */
export function heldSecrets({ folder, eventStoreUrl = null }: LogPlace): Promise<readonly HeldSecret[]> {
  return eventStoreUrl === null ? secretsIn(folder) : secretsOn(eventStoreUrl);
}

/** What begins the name of a place on a server. */
const ON_SERVER = 'eventstoredb/';

async function onServer<T>(url: string, use: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
  const client = EventStoreDBClient.connectionString(url);
  try {
    return await use(client);
  } finally {
    await client.dispose();
  }
}

/** The events of each stream of a server as text, the system's and the vault's too. */
function textsOn(url: string): Promise<ReadonlyMap<string, string>> {
  return onServer(url, async (client) => {
    const texts = new Map<string, string>();
    for await (const { event } of client.readAll()) {
      if (event === undefined) continue;
      const { streamId, id, type, data, metadata } = event;
      texts.set(streamId, (texts.get(streamId) ?? '') + JSON.stringify({ streamId, id, type, data, metadata }));
    }
    return texts;
  });
}

/** What can be read of a stream's last event; null where the stream was destroyed. */
async function lastOf(client: EventStoreDBClient, stream: string): Promise<Loose> {
  let last: Loose = null;
  try {
    // Read to its end: a read that is left in the middle keeps the client from being let go.
    for await (const { event } of client.readStream(stream, { direction: 'backwards', maxCount: 1 }))
      last = event?.data;
  } catch (error) {
    if (!(error instanceof StreamDeletedError || error instanceof StreamNotFoundError)) throw error;
  }
  return last;
}

async function secretsOn(url: string): Promise<readonly HeldSecret[]> {
  const streams = [...(await textsOn(url)).keys()];
  return onServer(url, async (client) => {
    const secrets: HeldSecret[] = [];
    for (const stream of streams) {
      const [, kind = '', id = ''] = /^vault-(?!index-)([a-z]+)-(.*)$/.exec(stream) ?? [];
      if (kind === '') continue;
      const last = await lastOf(client, stream);
      const sealed = Buffer.from(last?.sealed ?? '', 'base64');
      secrets.push({ kind, id: decodeURIComponent(id), destroyed: last === null, sealed });
    }
    return secrets;
  });
}

function secretsIn(folder: string): Promise<readonly HeldSecret[]> {
  const database = new Database(join(folder, 'log.db'), { readonly: true, fileMustExist: true });
  try {
    const rows = database.prepare<[], Omit<HeldSecret, 'destroyed'> & { readonly destroyed: number }>(
      'SELECT kind, id, destroyed, sealed FROM secrets',
    );
    return Promise.resolve([...rows.all()].map((row) => ({ ...row, destroyed: row.destroyed === 1 })));
  } finally {
    database.close();
  }
}
