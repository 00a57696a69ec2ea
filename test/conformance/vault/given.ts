import { randomBytes, randomUUID } from 'node:crypto';
import type { Instant } from '../../../src/domain/instant.js';
import type { KeyRing } from '../../../src/vault/key-ring.js';
import type { SecretEntry, SecretKind, SecretRef, Vault } from '../../../src/vault/vault.js';
import type { Sentence } from '../sentence.js';

/** What a sentence of the contract is verified on. The vault may hold secrets of others. */
export interface GivenVault {
  /** Seals under `FIRST`. */
  readonly vault: Vault;
  /** Another handle on the same secrets, as another node has one, or the same node after its key ring was changed. */
  open(keyRing: KeyRing): Promise<Vault>;
  /** Sets the clock of all handles. */
  setNow(now: Instant): void;
}

export type VaultSentence = Sentence<GivenVault>;

const [one, two, three, digestKey] = [1, 2, 3, 4].map(() => new Uint8Array(randomBytes(32))) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** The ring before a rotation. */
export const FIRST: KeyRing = { activeKeyId: 'key-1', sealingKeys: new Map([['key-1', one]]), digestKey };

/** The same ring when a new key was added and made active. */
export const ROTATED: KeyRing = {
  activeKeyId: 'the-second-key-2',
  sealingKeys: new Map([
    ['key-1', one],
    ['the-second-key-2', two],
  ]),
  digestKey,
};

/** The ring when the old key was dropped. */
export const RENEWED: KeyRing = {
  activeKeyId: 'the-second-key-2',
  sealingKeys: new Map([['the-second-key-2', two]]),
  digestKey,
};

/** A ring whose key has the name of the first, and is another. */
export const FORGED: KeyRing = { activeKeyId: 'key-1', sealingKeys: new Map([['key-1', three]]), digestKey };

export const NOON: Instant = '2026-01-01T12:00:00.000Z';

/** A secret's name that nobody else has. */
export function freshRef(kind: SecretKind = 'seed'): SecretRef {
  return { kind, id: randomUUID() };
}

export function secret(length = 20): Uint8Array {
  return new Uint8Array(randomBytes(length));
}

/** Stores secrets under ids that follow each other; answers the prefix that they share, and them. */
export async function series(
  vault: Vault,
  count: number,
): Promise<{ readonly prefix: string; readonly refs: readonly SecretRef[] }> {
  const prefix = randomUUID();
  const refs = Array.from({ length: count }, (_, index): SecretRef => ({ kind: 'seed', id: `${prefix}-${index + 1}` }));
  // Not in the order of their ids.
  for (const ref of [...refs].reverse()) await vault.put(ref, secret());
  return { prefix, refs };
}

/** The entries of a series. */
export async function listed(vault: Vault, prefix: string, createdBefore?: Instant): Promise<readonly SecretEntry[]> {
  const options = {
    kind: 'seed',
    after: prefix,
    limit: 20,
    ...(createdBefore === undefined ? {} : { createdBefore }),
  } as const;
  return (await vault.list(options)).filter(({ id }) => id.startsWith(prefix));
}

export async function keyIdOf(vault: Vault, { id }: SecretRef): Promise<string | undefined> {
  const [entry] = await listed(vault, id.slice(0, -1));
  return entry?.keyId;
}
