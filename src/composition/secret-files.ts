import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { keyRingFileOf } from './keys.js';

/** What anybody but the owner of a file may do with it. */
const OTHERS = 0o077;

function fileOf(keys: Config['auditKeys'], generated: string): string | null {
  if (keys.from === 'ENVIRONMENT') return null;
  return keys.from === 'FILE' ? keys.path : generated;
}

/** The files with keys in them. A certificate of an authority is public, and passwords are in no file. */
function secretFilesOf(config: Config): readonly string[] {
  const { auditKeys, grantKeys, dataDir } = config;
  const files = [
    keyRingFileOf(config),
    fileOf(auditKeys, join(dataDir, 'audit-keys.txt')),
    fileOf(grantKeys, join(dataDir, 'grant-keys.txt')),
  ];
  return files.filter((file) => file !== null);
}

/** The mode of a file; null, with a warning, where it cannot be looked at: it may be replaced at this moment. */
async function modeOf(path: string, logger: Pick<Logger, 'warn'>): Promise<number | null> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    logger.warn({ path, code }, `nobody knows who can read this file of keys. Run: ls -l ${path}`);
    return null;
  }
}

/** Warns of each file of keys that its group or others can read or write. Windows has no such modes. */
export async function warnOfOpenSecretFiles(
  config: Config,
  logger: Pick<Logger, 'warn'>,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (platform === 'win32') return;
  for (const path of secretFilesOf(config)) {
    const mode = await modeOf(path, logger);
    if (mode === null || (mode & OTHERS) === 0) continue;
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    logger.warn({ path, mode: octal }, `other users can read or write a file of keys. Run: chmod 600 ${path}`);
  }
}
