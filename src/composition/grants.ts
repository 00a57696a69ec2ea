import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { noGrants, type Grants } from '../application/grants.js';
import type { Config } from '../config.js';
import {
  generateGrantKey,
  GrantKeysError,
  parseGrantKeys,
  type GrantKeys,
  type PublishedKeys,
} from '../grants/grant-keys.js';
import { signedGrants } from '../grants/signed-grants.js';
import { createSecretFile, readIfThere, systemCodeOf } from '../vault/secret-file.js';

/** The signing of grants, with what verifies them. */
export interface OpenedGrants {
  readonly grants: Grants;
  readonly published: PublishedKeys;
}

/** For where no grants are issued: on the command line. */
export const withoutGrants: OpenedGrants = { grants: noGrants, published: { keys: [] } };

async function readable(path: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    const remedy =
      code === 'ENOENT'
        ? 'there is no such file: make it with `virtual-mfa grants keys generate`'
        : `it cannot be read or made (${code}): let the user that runs the service read it`;
    throw new GrantKeysError(`the grant keys ${path} cannot be used, ${remedy}`, { cause: error });
  }
}

async function generated(path: string): Promise<string> {
  const existing = await readIfThere(path);
  if (existing !== null) return existing;
  await createSecretFile(path, await generateGrantKey());
  // Another process may have been faster.
  return readFile(path, 'utf8');
}

/** The keys that sign grants; in development they are made where there are none. @throws {GrantKeysError} */
async function loadGrantKeys({ grantKeys, dataDir }: Config, logger: Logger): Promise<GrantKeys> {
  if (grantKeys.from === 'ENVIRONMENT') return parseGrantKeys(grantKeys.text, 'in GRANT_KEYS');
  if (grantKeys.from === 'FILE') {
    const { path } = grantKeys;
    return parseGrantKeys(await readable(path, () => readFile(path, 'utf8')), path);
  }
  const path = join(dataDir, 'grant-keys.txt');
  logger.warn({ path }, 'grants are signed by a generated key: for development only, see GRANT_KEYS_FILE');
  return parseGrantKeys(await readable(path, () => generated(path)), path);
}

/** Loads the keys, and sets up the signing. @param origin where the service is reached, known once it listens. @throws {GrantKeysError} */
export async function openGrants(config: Config, logger: Logger, origin: () => string): Promise<OpenedGrants> {
  const keys = await loadGrantKeys(config, logger);
  return { grants: signedGrants(keys, origin), published: keys.published };
}
