import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Instant } from '../../domain/instant.js';
import type { KeyRingSource } from '../key-ring-source.js';
import { open, seal, type SealedSecret } from '../sealing.js';
import {
  SECRET_KINDS,
  VaultError,
  type ListOptions,
  type SecretEntry,
  type SecretKind,
  type SecretRef,
  type Vault,
} from '../vault.js';
import { SecretIndex } from './secret-index.js';
import type { RecordedVaultEvent, VaultStreams } from './vault-streams.js';

export interface EventStoreDbVaultOptions {
  /** Stay open when the vault is closed. */
  readonly streams: VaultStreams;
  readonly keys: KeyRingSource;
  readonly now: () => Instant;
}

/** How many secrets are fetched at a time, where many are asked for. */
const AT_A_TIME = 16;

/**
 * The vault as a stream for each secret, and one for each kind that lists them. A destroyed secret's stream is tombstoned:
 * unreadable at once, off the disk after the next scavenge. Copies that a backup keeps are sealed, and die with their key.
 */
export function openEventStoreDbVault(options: EventStoreDbVaultOptions): Vault {
  return new EventStoreDbVault(options);
}

interface StoredSecret extends SealedSecret {
  readonly revision: bigint;
}

class EventStoreDbVault implements Vault {
  readonly #streams: VaultStreams;
  readonly #keys: KeyRingSource;
  readonly #now: () => Instant;
  readonly #indexes: ReadonlyMap<SecretKind, SecretIndex>;
  readonly #limit = pLimit(AT_A_TIME);
  readonly #working = new Set<Promise<unknown>>();
  #closed = false;

  constructor({ streams, keys, now }: EventStoreDbVaultOptions) {
    this.#streams = streams;
    this.#keys = keys;
    this.#now = now;
    this.#indexes = new Map(SECRET_KINDS.map((kind) => [kind, new SecretIndex(streams, kind)]));
  }

  put(ref: SecretRef, secret: Uint8Array): Promise<void> {
    return this.#work(async () => {
      const sealed = seal(this.#keys.toSeal(), ref, secret);
      const createdAt = this.#now();
      if ((await this.#streams.read(streamOf(ref), { limit: 1 }))?.length !== 0) throw exists(ref);
      // Listed first: a crash in between leaves an entry without a secret, never a secret that no sweep finds.
      await this.#index(ref).note({
        type: 'SecretListed',
        id: ref.id,
        keyId: sealed.keyId,
        createdAt,
      });
      const { outcome } = await this.#streams.append(streamOf(ref), -1n, [sealedEvent(sealed)]);
      if (outcome === 'TOO_LARGE') throw new VaultError('UNAVAILABLE', `the ${ref.kind} ${ref.id} is too large`);
      if (outcome !== 'APPENDED') throw exists(ref);
    });
  }

  get(ref: SecretRef): Promise<Uint8Array | null> {
    return this.#work(async () => this.#opened(ref, await this.#stored(ref)));
  }

  getMany(kind: SecretKind, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#work(async () => {
      const refs = [...new Set(ids)].map((id) => ({ kind, id }));
      const found = await Promise.all(refs.map((ref) => this.#limit(() => this.#stored(ref))));
      const secrets = refs.map((ref, index) => [ref.id, this.#opened(ref, found[index] ?? null)] as const);
      return new Map(secrets.flatMap(([id, secret]) => (secret === null ? [] : [[id, secret]])));
    });
  }

  reseal(ref: SecretRef, expectedKeyId: string): Promise<boolean> {
    return this.#work(async () => {
      const stored = await this.#stored(ref);
      if (stored === null) return false;
      if (stored.keyId !== expectedKeyId) {
        await this.#finishResealing(ref, stored);
        return false;
      }
      const sealed = seal(this.#keys.toSeal(), ref, open(this.#keys.toOpen(stored.keyId), ref, stored));
      const { outcome } = await this.#streams.append(streamOf(ref), stored.revision, [sealedEvent(sealed)]);
      if (outcome !== 'APPENDED') return false;
      await this.#finishResealing(ref, { keyId: sealed.keyId, revision: stored.revision + 1n });
      return true;
    });
  }

  destroy(ref: SecretRef): Promise<void> {
    return this.#work(async () => {
      const events = await this.#streams.read(streamOf(ref), { direction: 'backwards', limit: 1 });
      // A stream without events is none: tombstoning it would use up the id.
      if (events !== null && events.length > 0) await this.#streams.tombstone(streamOf(ref));
      const index = this.#index(ref);
      if ((await index.find(ref.id)) !== null) await index.note({ type: 'SecretUnlisted', id: ref.id });
    });
  }

  list({ kind, ...options }: ListOptions): Promise<readonly SecretEntry[]> {
    return this.#work(() => this.#index({ kind }).list(options));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#working);
  }

  async #stored(ref: SecretRef): Promise<StoredSecret | null> {
    const events = await this.#streams.read(streamOf(ref), { direction: 'backwards', limit: 1 });
    const event = events?.[0];
    return event === undefined ? null : storedOf(event);
  }

  #opened(ref: SecretRef, stored: StoredSecret | null): Uint8Array | null {
    return stored === null ? null : open(this.#keys.toOpen(stored.keyId), ref, stored);
  }

  /** Hides what was sealed before and notes the new key; also after a crash has left the index with the key before. */
  async #finishResealing(ref: SecretRef, { keyId, revision }: Omit<StoredSecret, 'sealed'>): Promise<void> {
    const index = this.#index(ref);
    const listed = await index.find(ref.id);
    if (listed === null || listed.keyId === keyId) return;
    await this.#streams.truncateBefore(streamOf(ref), revision);
    await index.note({ type: 'SecretResealed', id: ref.id, keyId });
  }

  #index({ kind }: Pick<SecretRef, 'kind'>): SecretIndex {
    const index = this.#indexes.get(kind);
    if (index === undefined) throw new Error(`the vault knows no secrets of kind ${kind}`);
    return index;
  }

  async #work<T>(job: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new VaultError('CLOSED', 'the vault is closed');
    const working = job();
    this.#working.add(working);
    try {
      return await working;
    } catch (error) {
      throw asVaultError(error);
    } finally {
      this.#working.delete(working);
    }
  }
}

function streamOf({ kind, id }: SecretRef): string {
  return `vault-${kind}-${encodeURIComponent(id)}`;
}

function sealedEvent({ keyId, sealed }: SealedSecret) {
  const data = { keyId, sealed: Buffer.from(sealed).toString('base64') };
  return { id: randomUUID(), type: 'SecretSealed', data, metadata: {} };
}

function storedOf({ data, revision }: RecordedVaultEvent): StoredSecret {
  const { keyId, sealed } = data as { keyId: string; sealed: string };
  return { keyId, sealed: Buffer.from(sealed, 'base64'), revision };
}

function exists({ kind, id }: SecretRef): VaultError {
  return new VaultError('EXISTS', `the ${kind} ${id} was stored before`);
}

/** An error of the streams as the port knows it. What is not known to be done is repeated without harm, so it counts as not done. */
function asVaultError(error: unknown): unknown {
  if (error instanceof VaultError || !(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : null;
  if (code === 'CLOSED') return new VaultError('CLOSED', 'the vault is closed', { cause: error });
  if (code !== 'UNAVAILABLE' && code !== 'OUTCOME_UNKNOWN') return error;
  return new VaultError('UNAVAILABLE', `the vault is unavailable: ${error.message}`, { cause: error });
}
