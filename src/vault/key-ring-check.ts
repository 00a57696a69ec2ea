import { KeyRingError } from './key-ring-file.js';
import { digest, type KeyRing } from './key-ring.js';
import { VaultError, type Vault } from './vault.js';

const CHECK = { kind: 'check', id: 'key-ring' } as const;

function codeOf(error: unknown): string | undefined {
  return error instanceof VaultError ? error.code : undefined;
}

async function stored(vault: Vault): Promise<string | null> {
  try {
    const bytes = await vault.get(CHECK);
    return bytes && Buffer.from(bytes).toString();
  } catch (error) {
    if (codeOf(error) === 'SEALED') return '';
    throw error;
  }
}

async function store(vault: Vault, mark: string): Promise<void> {
  try {
    await vault.put(CHECK, Buffer.from(mark));
  } catch (error) {
    // Another process was faster; what it stored is compared like any other.
    if (codeOf(error) !== 'EXISTS') throw error;
  }
}

/** Whether the digest key of a ring is the one of these data; null where nothing tells that yet. */
export async function isDigestKeyOf(vault: Vault, ring: KeyRing): Promise<boolean | null> {
  const mark = await stored(vault);
  return mark === null ? null : mark === digest(ring, 'key-ring-check', 'key-ring');
}

/**
 * Sees to it that a key ring is the one that these data were made with: under another one nothing would open, and
 * every name would look free.
 * @throws {KeyRingError} where it is not
 */
export async function checkKeyRing(vault: Vault, ring: KeyRing): Promise<void> {
  const mark = digest(ring, 'key-ring-check', 'key-ring');
  if ((await stored(vault)) === null) await store(vault, mark);
  if ((await stored(vault)) === mark) return;
  throw new KeyRingError(
    'the key ring is not the one that the data were made with: set KEY_RING_FILE to that one, or DATA_DIR (EVENT_STORE_URL) to other data',
  );
}
