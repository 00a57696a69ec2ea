import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { LogPlace } from './stored.js';

/** A secret as it lies in the vault. */
export interface HeldSecret {
  readonly kind: string;
  readonly id: string;
  readonly destroyed: boolean;
  /** What is still there of it, byte by byte. */
  readonly sealed: Buffer;
}

/** Everything that a service keeps, byte by byte, by where it lies. */
export function heldBy({ folder }: LogPlace): Promise<ReadonlyMap<string, Buffer>> {
  return Promise.resolve(new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])));
}

/** Whether a place of `heldBy` belongs to the log or the vault. */
export function isOfLog(name: string): boolean {
  return name.startsWith('log.db');
}

/** Every secret that the vault has or had, read past the service. */
export function heldSecrets({ folder }: LogPlace): Promise<readonly HeldSecret[]> {
  const database = new Database(join(folder, 'log.db'), { readonly: true, fileMustExist: true });
  try {
    const rows = database.prepare<[], Omit<HeldSecret, 'destroyed'> & { readonly destroyed: number }>(
      'SELECT kind, id, destroyed, sealed FROM secrets',
    );
    return Promise.resolve(rows.all().map((row) => ({ ...row, destroyed: row.destroyed === 1 })));
  } finally {
    database.close();
  }
}
