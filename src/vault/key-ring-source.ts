import { statSync, readFileSync } from 'node:fs';
import { KeyRingError, parseKeyRing } from './key-ring-file.js';
import type { KeyRing } from './key-ring.js';
import { systemCodeOf } from './secret-file.js';
import { VaultError } from './vault.js';

/** Where a vault takes its keys from, each time that it needs one: a ring may be changed while services run. */
export interface KeyRingSource {
  /** The ring as it is now, whose active key seals. @throws {VaultError} `UNAVAILABLE` where that cannot be told */
  toSeal(): KeyRing;
  /** A ring that has a key, if there is one. @throws {VaultError} `UNAVAILABLE` where that cannot be told */
  toOpen(keyId: string): KeyRing;
}

/** A ring that stays as it is. */
export function fixedKeyRing(ring: KeyRing): KeyRingSource {
  return { toSeal: () => ring, toOpen: () => ring };
}

/**
 * The ring of a file that may be replaced by another version at any time: it is read anew where it was changed before each
 * sealing, and where a key is not known. As long as it cannot be read nothing is sealed, since the key at hand may be none
 * any more.
 * @param ring what was in the file at the start; its digest key stays
 */
export function keyRingOfFile(path: string, ring: KeyRing): KeyRingSource {
  return new KeyRingOfFile(path, ring);
}

class KeyRingOfFile implements KeyRingSource {
  readonly #path: string;
  readonly #digestKey: Uint8Array;
  #ring: KeyRing;
  #seen = '';

  constructor(path: string, ring: KeyRing) {
    this.#path = path;
    this.#ring = ring;
    this.#digestKey = ring.digestKey;
  }

  toSeal(): KeyRing {
    this.#readAnew();
    return this.#ring;
  }

  toOpen(keyId: string): KeyRing {
    if (!this.#ring.sealingKeys.has(keyId)) this.#readAnew();
    return this.#ring;
  }

  #readAnew(): void {
    try {
      const { ino, size, mtimeNs } = statSync(this.#path, { bigint: true });
      const found = `${ino}:${size}:${mtimeNs}`;
      if (found === this.#seen) return;
      this.#ring = this.#accept(parseKeyRing(readFileSync(this.#path, 'utf8'), this.#path));
      this.#seen = found;
    } catch (error) {
      throw asVaultError(this.#path, error);
    }
  }

  #accept(ring: KeyRing): KeyRing {
    if (Buffer.from(ring.digestKey).equals(this.#digestKey)) return ring;
    throw new KeyRingError(
      `the key ring ${this.#path} cannot be used, its digest key is another than at the start: put that one back, it never changes`,
    );
  }
}

function asVaultError(path: string, error: unknown): unknown {
  if (error instanceof KeyRingError) return new VaultError('UNAVAILABLE', error.message, { cause: error });
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  const message = `the key ring ${path} cannot be read any more (${code}): put it back, readable for the user that runs the service`;
  return new VaultError('UNAVAILABLE', message, { cause: error });
}
