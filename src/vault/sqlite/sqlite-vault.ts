import type { SqliteConnection } from '../../sqlite/connection.js';
import type { Instant } from '../../domain/instant.js';
import type { KeyRingSource } from '../key-ring-source.js';
import { open, seal, type SealedSecret } from '../sealing.js';
import type { ListOptions, SecretEntry, SecretKind, SecretRef, Vault } from '../vault.js';
import { VaultError } from '../vault.js';
import { asVaultError } from './faults.js';
import { missingNames } from '../../sqlite/inspection.js';
import { defineSecrets, SecretsTable } from './secrets-table.js';

/** What the vault needs of the file that it shares with the log. */
export interface VaultDatabase {
  readonly connection: SqliteConnection;
  /** Runs a job in a transaction; answers when it is durable. A job may be run more than once. */
  write<T>(job: () => T): Promise<T>;
  /** Empties the -wal file, if nobody is just reading it. */
  checkpoint(): boolean;
}

export interface SqliteVaultOptions {
  /** Stays open when the vault is closed. */
  readonly database: VaultDatabase;
  readonly keys: KeyRingSource;
  readonly now: () => Instant;
}

const NO_TABLE = 'the vault has no table of secrets: restore the file of the event log from a backup';

/**
 * The vault as a table beside the log. A destroyed secret is overwritten where it lies, and with `secure_delete` so is
 * what SQLite frees; then the -wal file, which still holds what was there before, is emptied. Where another process is
 * reading just then, that is left to the next checkpoint. Copies that a disk, a file system or a backup keeps are out of
 * reach: they are sealed, and die with their key.
 * @throws {VaultError} `UNAVAILABLE` where the table cannot be made
 */
export function openSqliteVault(options: SqliteVaultOptions): Vault {
  try {
    const { connection } = options.database;
    connection.pragma('secure_delete = ON');
    // Who only reads defines nothing: what is missing may be what somebody has removed.
    if (!connection.isReadOnly) defineSecrets(connection);
    else if (missingNames(connection, ['secrets']).length > 0) throw new VaultError('UNAVAILABLE', NO_TABLE);
    return new SqliteVault(options);
  } catch (error) {
    throw asVaultError(error);
  }
}

class SqliteVault implements Vault {
  readonly #database: VaultDatabase;
  readonly #table: SecretsTable;
  readonly #keys: KeyRingSource;
  readonly #now: () => Instant;
  readonly #writing = new Set<Promise<unknown>>();
  #closed = false;

  constructor({ database, keys, now }: SqliteVaultOptions) {
    this.#database = database;
    this.#table = new SecretsTable(database.connection);
    this.#keys = keys;
    this.#now = now;
  }

  async put(ref: SecretRef, secret: Uint8Array): Promise<void> {
    this.#refuseIfClosed();
    const sealed = seal(this.#keys.toSeal(), ref, secret);
    const inserted = await this.#write(() => this.#table.insert(ref, sealed, this.#now()));
    if (!inserted) throw new VaultError('EXISTS', `the ${ref.kind} ${ref.id} was stored before`);
  }

  async get(ref: SecretRef): Promise<Uint8Array | null> {
    const sealed = this.#read(() => this.#table.find(ref));
    return sealed === null ? null : this.#open(ref, sealed);
  }

  async getMany(kind: SecretKind, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = this.#read(() => this.#table.findMany(kind, ids));
    return new Map([...found].map(([id, sealed]) => [id, this.#open({ kind, id }, sealed)]));
  }

  async reseal(ref: SecretRef, expectedKeyId: string): Promise<boolean> {
    this.#refuseIfClosed();
    return this.#write(() => {
      const sealed = this.#table.find(ref);
      if (sealed?.keyId !== expectedKeyId) return false;
      this.#table.replace(ref, seal(this.#keys.toSeal(), ref, this.#open(ref, sealed)));
      return true;
    });
  }

  async destroy(ref: SecretRef): Promise<void> {
    this.#refuseIfClosed();
    await this.#write(() => this.#table.destroy(ref));
    this.#database.checkpoint();
  }

  async list(options: ListOptions): Promise<readonly SecretEntry[]> {
    return this.#read(() => this.#table.list(options));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#writing);
  }

  #open(ref: SecretRef, sealed: SealedSecret): Uint8Array {
    return open(this.#keys.toOpen(sealed.keyId), ref, sealed);
  }

  async #write<T>(job: () => T): Promise<T> {
    const write = this.#database.write(job);
    this.#writing.add(write);
    try {
      return await write;
    } catch (error) {
      throw asVaultError(error);
    } finally {
      this.#writing.delete(write);
    }
  }

  #read<T>(read: () => T): T {
    this.#refuseIfClosed();
    try {
      return read();
    } catch (error) {
      throw asVaultError(error);
    }
  }

  #refuseIfClosed(): void {
    if (this.#closed || !this.#database.connection.isOpen) throw new VaultError('CLOSED', 'the vault is closed');
  }
}
