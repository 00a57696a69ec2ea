import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import { parseConnection } from '../../src/eventstore/eventstoredb/connection-string.js';
import { DbStreams } from '../../src/eventstore/eventstoredb/streams.js';
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
  const streams = eventStoreUrl === null ? [] : [...(await onServer(eventStoreUrl, textsIn))];
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

async function onServer<T>(url: string, use: (streams: DbStreams) => Promise<T>): Promise<T> {
  const streams = new DbStreams(parseConnection({ url, credentials: null, caFile: null }));
  try {
    return await use(streams);
  } finally {
    await streams.close();
  }
}

/** More than any test writes. */
const ALL = 1_000_000;

/** The events of each stream of a server as text, the system's and the vault's too. */
async function textsIn(streams: DbStreams): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { stream, id, type, data, metadata } of await streams.readAll(0n, ALL)) {
    texts.set(stream, (texts.get(stream) ?? '') + JSON.stringify({ stream, id, type, data, metadata }));
  }
  return texts;
}

function secretsOn(url: string): Promise<readonly HeldSecret[]> {
  return onServer(url, async (streams) => {
    const secrets: HeldSecret[] = [];
    for (const stream of (await textsIn(streams)).keys()) {
      const [, kind = '', id = ''] = /^vault-(?!index-)([a-z]+)-(.*)$/.exec(stream) ?? [];
      if (kind === '') continue;
      const last = (await streams.read(stream, { direction: 'backwards', limit: 1 }))?.[0];
      const sealed = Buffer.from(typeof last?.data.sealed === 'string' ? last.data.sealed : '', 'base64');
      secrets.push({ kind, id: decodeURIComponent(id), destroyed: last === undefined, sealed });
    }
    return secrets;
  });
}

function secretsIn(folder: string): Promise<readonly HeldSecret[]> {
  const database = openConnection(join(folder, 'log.db'), { readOnly: true });
  try {
    const rows = database.prepare<[], Omit<HeldSecret, 'destroyed'> & { readonly destroyed: number }>(
      'SELECT kind, id, destroyed, sealed FROM secrets',
    );
    return Promise.resolve([...rows.all()].map((row) => ({ ...row, destroyed: row.destroyed === 1 })));
  } finally {
    database.close();
  }
}
