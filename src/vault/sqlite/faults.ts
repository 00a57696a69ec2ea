import { sqliteCodeOf, wordsFor } from '../../sqlite/result-code.js';
import { VaultError } from '../vault.js';

/** An error of SQLite as the port knows it; any other error as it is. */
export function asVaultError(error: unknown): unknown {
  const code = sqliteCodeOf(error);
  if (code === undefined) return error;
  return new VaultError('UNAVAILABLE', `the vault is unavailable: ${wordsFor(code)}`, { cause: error });
}
