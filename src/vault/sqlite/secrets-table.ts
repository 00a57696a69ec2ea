import type { SqliteConnection, SqliteStatement } from '../../sqlite/connection.js';
import type { SealedSecret } from '../sealing.js';
import type { ListOptions, SecretEntry, SecretKind, SecretRef } from '../vault.js';

interface SecretRow {
  readonly id: string;
  readonly key_id: string;
  readonly sealed: Uint8Array;
}

interface EntryRow {
  readonly id: string;
  readonly key_id: string;
  readonly created_at: string;
}

/**
 * A secret is changed in place only, each time to a row of the same size: where rows move to another page, SQLite leaves
 * copies of them behind, `secure_delete` or not. So a key id takes up the same space whatever its length, and a secret
 * that is destroyed leaves zeros, in a row that keeps its id from being used again.
 */
const TABLE = `
  CREATE TABLE IF NOT EXISTS secrets (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at TEXT NOT NULL,
    destroyed INTEGER NOT NULL DEFAULT 0 CHECK (destroyed IN (0, 1)),
    PRIMARY KEY (kind, id)
  ) STRICT;

  CREATE TRIGGER IF NOT EXISTS secrets_leave_a_trace BEFORE DELETE ON secrets
  BEGIN SELECT RAISE(ABORT, 'a secret leaves a trace, so that its id is not used again'); END;

  CREATE TRIGGER IF NOT EXISTS secrets_stay_destroyed BEFORE UPDATE ON secrets WHEN OLD.destroyed = 1
  BEGIN SELECT RAISE(ABORT, 'a destroyed secret stays destroyed'); END;
`;

/** What a file that has a vault holds. */
export const SECRETS_NAMES = ['secrets', 'secrets_leave_a_trace', 'secrets_stay_destroyed'] as const;

/** Makes the table, and what protects it, where they are not there. */
export function defineSecrets(connection: SqliteConnection): void {
  connection.exec(TABLE);
}

/** As long as the longest id of a key ring file. */
const KEY_ID_WIDTH = 32;

/** The statements on the table of secrets, prepared once; they are synchronous, and know nothing of keys. */
export class SecretsTable {
  readonly #insert: SqliteStatement<[kind: string, id: string, keyId: string, sealed: Uint8Array, createdAt: string]>;
  readonly #find: SqliteStatement<[kind: string, id: string], SecretRow>;
  readonly #findMany: SqliteStatement<[kind: string, ids: string], SecretRow>;
  readonly #replace: SqliteStatement<[keyId: string, sealed: Uint8Array, kind: string, id: string]>;
  readonly #destroy: SqliteStatement<[kind: string, id: string]>;
  readonly #list: SqliteStatement<[kind: string, after: string, createdBefore: string | null, limit: number], EntryRow>;

  constructor(connection: SqliteConnection) {
    const living = 'FROM secrets WHERE destroyed = 0 AND kind = ?';
    this.#insert = connection.prepare(
      `INSERT INTO secrets (kind, id, key_id, sealed, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#find = connection.prepare(`SELECT id, key_id, sealed ${living} AND id = ?`);
    this.#findMany = connection.prepare(
      `SELECT id, key_id, sealed ${living} AND id IN (SELECT value FROM json_each(?))`,
    );
    this.#replace = connection.prepare('UPDATE secrets SET key_id = ?, sealed = ? WHERE kind = ? AND id = ?');
    this.#destroy = connection.prepare(
      `UPDATE secrets SET sealed = zeroblob(length(sealed)), destroyed = 1
       WHERE destroyed = 0 AND kind = ? AND id = ?`,
    );
    this.#list = connection.prepare(
      `SELECT id, key_id, created_at ${living} AND id > ? AND created_at < coalesce(?, '~') ORDER BY id LIMIT ?`,
    );
  }

  /** Whether the secret was inserted: not where its kind and id were ever there. */
  insert(ref: SecretRef, { keyId, sealed }: SealedSecret, createdAt: string): boolean {
    return this.#insert.run(ref.kind, ref.id, keyId.padEnd(KEY_ID_WIDTH), sealed, createdAt).changes === 1;
  }

  find(ref: SecretRef): SealedSecret | null {
    const row = this.#find.get(ref.kind, ref.id);
    return row === undefined ? null : sealedOf(row);
  }

  findMany(kind: SecretKind, ids: readonly string[]): ReadonlyMap<string, SealedSecret> {
    return new Map(this.#findMany.all(kind, JSON.stringify(ids)).map((row) => [row.id, sealedOf(row)]));
  }

  replace(ref: SecretRef, { keyId, sealed }: SealedSecret): void {
    this.#replace.run(keyId.padEnd(KEY_ID_WIDTH), sealed, ref.kind, ref.id);
  }

  destroy(ref: SecretRef): void {
    this.#destroy.run(ref.kind, ref.id);
  }

  list({ kind, after, createdBefore, limit }: ListOptions): readonly SecretEntry[] {
    return this.#list.all(kind, after ?? '', createdBefore ?? null, Math.max(limit, 0)).map((row) => ({
      kind,
      id: row.id,
      createdAt: row.created_at,
      keyId: row.key_id.trimEnd(),
    }));
  }
}

function sealedOf(row: SecretRow): SealedSecret {
  return { keyId: row.key_id.trimEnd(), sealed: row.sealed };
}
