import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { SEED_BYTES } from '../audit/notes/keys.js';
import { KeyListError, keyLines, parseSigningKeys, type SigningKeys } from '../audit/notes/key-list.js';
import type { Config } from '../config.js';
import { createSecretFile, readIfThere, systemCodeOf } from '../vault/secret-file.js';

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined || error instanceof KeyListError) throw error;
    const remedy =
      code === 'ENOENT'
        ? 'there is no such file: make it with `virtual-mfa audit keys generate`'
        : `it cannot be read or made (${code}): let the user that runs the service read it`;
    throw new KeyListError(`the audit keys ${path} cannot be used, ${remedy}`, { cause: error });
  }
}

async function generated(path: string, name: string): Promise<string> {
  const existing = await readIfThere(path);
  if (existing !== null) return existing;
  await createSecretFile(path, keyLines(name, randomBytes(SEED_BYTES)));
  // Another process may have been faster.
  return readFile(path, 'utf8');
}

/** The keys that sign checkpoints; in development they are made where there are none. @throws {KeyListError} */
export async function loadAuditKeys(config: Config, logger: Logger): Promise<SigningKeys> {
  const { auditKeys, auditOrigin, dataDir } = config;
  if (auditKeys.from === 'ENVIRONMENT') return parseSigningKeys(auditKeys.text, 'in AUDIT_KEYS');
  if (auditKeys.from === 'FILE') {
    const { path } = auditKeys;
    return parseSigningKeys(await readable(path, () => readFile(path, 'utf8')), path);
  }
  const path = join(dataDir, 'audit-keys.txt');
  logger.warn({ path }, 'checkpoints are signed by a generated key: for development only, see AUDIT_KEYS_FILE');
  return parseSigningKeys(await readable(path, () => generated(path, auditOrigin)), path);
}
