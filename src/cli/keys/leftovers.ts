import { leftoverDraftsOf } from '../../vault/secret-file.js';
import type { Output } from '../terminal.js';

/** Names what commands that died have left beside the file of the key ring: keys are in it, those that were destroyed since too. */
export async function tellLeftovers(file: string | null, stdout: Output): Promise<void> {
  if (file === null) return;
  for (const draft of await leftoverDraftsOf(file))
    stdout.write(`${draft} was left by a command that broke off, and has keys in it: delete it\n`);
}
