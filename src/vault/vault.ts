/** What the vault keeps, by kind (`check`: what tells that a key ring is the one of these data); ids are unique within a kind and never used twice. */
export const SECRET_KINDS = ['seed', 'password', 'person', 'recovery', 'check'] as const;

export type SecretKind = (typeof SECRET_KINDS)[number];

export interface SecretRef {
  readonly kind: SecretKind;
  readonly id: string;
}

/** A secret as the sweep sees it: never its content. */
export interface SecretEntry extends SecretRef {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The version in the key ring that seals it. */
  readonly keyId: string;
}

export interface ListOptions {
  readonly kind: SecretKind;
  /** Only those created before this moment; ISO 8601, UTC. */
  readonly createdBefore?: string;
  /** Exclusive, the last id of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * Secrets that must be destroyable, outside the log: seeds, password hashes, personal keys, digests of recovery codes. Sealed at rest
 * (AES-256-GCM under a key ring, kind and id as associated data). The contract is `test/conformance/vault.contract.ts`.
 */
export interface Vault {
  /**
   * Stores a new secret, durably before it answers.
   * @throws {VaultError} `EXISTS` where that kind and id was ever stored, destroyed or not: a secret is never overwritten
   */
  put(ref: SecretRef, secret: Uint8Array): Promise<void>;
  /** The secret, or null where there is none (never stored, or destroyed). @throws {VaultError} `SEALED` where no key of the ring opens it */
  get(ref: SecretRef): Promise<Uint8Array | null>;
  /** The secrets of one kind that exist, by id. */
  getMany(kind: SecretKind, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Seals a secret anew under the ring's active key, if it is still sealed under `expectedKeyId`; answers whether it did. */
  reseal(ref: SecretRef, expectedKeyId: string): Promise<boolean>;
  /** Makes a secret unreadable for ever; a secret that is not there is no error. */
  destroy(ref: SecretRef): Promise<void>;
  /** What is stored, in order of id, without content. */
  list(options: ListOptions): Promise<readonly SecretEntry[]>;
  close(): Promise<void>;
}

export type VaultErrorCode = 'EXISTS' | 'SEALED' | 'UNAVAILABLE' | 'CLOSED';

/** The vault could not do what it was asked, or `UNAVAILABLE` cannot tell: whoever repeats it does no harm. Its message never holds a secret. */
export class VaultError extends Error {
  constructor(
    readonly code: VaultErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
