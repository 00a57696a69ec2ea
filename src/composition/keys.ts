import { join } from 'node:path';
import type { Config } from '../config.js';
import { withLockFile } from '../sqlite/lock-file.js';
import { KeyRingError, loadKeyRingFile, parseKeyRing, replaceKeyRingFile } from '../vault/key-ring-file.js';
import { fixedKeyRing, keyRingOfFile, type KeyRingSource } from '../vault/key-ring-source.js';
import type { KeyRing } from '../vault/key-ring.js';
import type { Vault } from '../vault/vault.js';
import { expectLog, openLog, openLogToRead, type LogContext } from './log.js';

/** The file that has the key ring; null where the environment has it. */
export function keyRingFileOf({ keyRing, dataDir }: Config): string | null {
  if (keyRing.from === 'ENVIRONMENT') return null;
  return keyRing.from === 'FILE' ? keyRing.path : join(dataDir, 'keys.json');
}

/** The key ring that the settings name, which has to be there. @throws {KeyRingError} */
export async function keyRingOf(config: Config): Promise<KeyRing> {
  if (config.keyRing.from === 'ENVIRONMENT') return parseKeyRing(config.keyRing.json, 'in KEY_RING');
  return loadKeyRingFile(keyRingFileOf(config) ?? '');
}

/** Where the vault of a service takes its keys from: what is in a file may change while it runs. */
export function keyRingSourceOf(config: Config, ring: KeyRing): KeyRingSource {
  const path = keyRingFileOf(config);
  return path === null ? fixedKeyRing(ring) : keyRingOfFile(path, ring);
}

/** A version of the ring, given the one that is in the file. */
export type ChangeRing = (ring: KeyRing) => KeyRing | Promise<KeyRing>;

/** The vault and the key ring, opened beside services that may be running. */
export interface OpenedKeys {
  /** The ring as it was at the beginning. */
  readonly ring: KeyRing;
  /** Where the ring is; null in the environment, where nothing here can change it. */
  readonly file: string | null;
  /** The vault under a ring; closed with all. */
  vaultUnder(ring: KeyRing): Vault;
  /**
   * Puts another version of the ring into its file, while nobody else does; answers with it.
   * @throws {KeyRingError} where it is in no file, the file cannot be changed, or another command changes it just now
   */
  change(change: ChangeRing): Promise<KeyRing>;
  close(): Promise<void>;
}

async function changeFile(path: string | null, change: ChangeRing): Promise<KeyRing> {
  if (path === null) throw new KeyRingError('the key ring is in KEY_RING, where only you can change it');
  const changed = await withLockFile(`${path}.lock`, async () => {
    const before = await loadKeyRingFile(path);
    const after = await change(before);
    if (after !== before) await replaceKeyRingFile(path, after);
    return after;
  });
  if (changed !== null) return changed.done;
  throw new KeyRingError(`the key ring ${path} is being changed by another command: wait until that has ended`);
}

/**
 * Opens the vault that the settings name, with its key ring.
 * @param access `READ` so that nothing can be written to it
 * @throws {KeyRingError} where there is no ring, `UNREADABLE_FILE` where there is no log
 */
export async function openKeys(config: Config, context: LogContext, access: 'READ' | 'WRITE'): Promise<OpenedKeys> {
  const ring = await keyRingOf(config);
  await expectLog(config, context);
  const log = access === 'READ' ? openLogToRead(config, context) : openLog(config, context);
  const vaults: Vault[] = [];
  const file = keyRingFileOf(config);
  return {
    ring,
    file,
    vaultUnder(under) {
      const vault = log.openVault(fixedKeyRing(under));
      vaults.push(vault);
      return vault;
    },
    change: (change) => changeFile(file, change),
    async close() {
      for (const vault of vaults) await vault.close();
      await log.close();
    },
  };
}
