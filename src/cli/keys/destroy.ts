import { clockOf } from '../../composition/clock.js';
import { openKeys, type OpenedKeys } from '../../composition/keys.js';
import type { Config } from '../../config.js';
import { checkKeyRing } from '../../vault/key-ring-check.js';
import type { KeyRing } from '../../vault/key-ring.js';
import { needing } from '../../vault/key-usage.js';
import { counted } from '../counted.js';
import { UnusableInputError } from '../audit/input.js';
import type { Terminal } from '../terminal.js';
import { tellLeftovers } from './leftovers.js';

export interface DestroyOptions {
  readonly id: string;
  /** Whether the operator means it. */
  readonly confirm: (question: string) => Promise<boolean>;
}

function without(ring: KeyRing, id: string): KeyRing {
  return { ...ring, sealingKeys: new Map([...ring.sealingKeys].filter(([one]) => one !== id)) };
}

function refuseUnfit(ring: KeyRing, id: string): void {
  if (id === ring.activeKeyId)
    throw new UnusableInputError(`${id} is the active key: make another one active, with \`virtual-mfa keys rotate\``);
  if (ring.sealingKeys.has(id)) return;
  const known = [...ring.sealingKeys.keys()].join(', ');
  throw new UnusableInputError(
    `the key ring has no key ${id}: name one of ${known}; the digest key never changes, and is not destroyed`,
  );
}

async function refuseUsed(keys: OpenedKeys, ring: KeyRing, id: string): Promise<void> {
  const { length } = await needing(id, keys.vaultUnder(without(ring, id)));
  if (length === 0) return;
  throw new UnusableInputError(
    `${counted(length, 'secret')} still ${length === 1 ? 'lies' : 'lie'} under ${id}: seal everything anew with \`virtual-mfa keys rotate\`, then try again`,
  );
}

/** Takes the key out, and looks again: what a service has stored under it in this moment gets it back. */
async function takeOut(keys: OpenedKeys, id: string): Promise<void> {
  const before: KeyRing[] = [];
  await keys.change((ring) => {
    refuseUnfit(ring, id);
    before.push(ring);
    return without(ring, id);
  });
  try {
    for (const ring of before) await refuseUsed(keys, ring, id);
  } catch (error) {
    const key = before[0]?.sealingKeys.get(id);
    await keys.change((ring) =>
      key === undefined ? ring : { ...ring, sealingKeys: new Map([...ring.sealingKeys, [id, key]]) },
    );
    throw error;
  }
}

const QUESTION =
  'Backups from before the rotation cannot be restored any more, and what they hold can be opened by nobody. Go on?';

/** Takes a key that seals nothing any more out of the ring's file. Answers the exit code. @throws where it is still needed */
export async function destroyKey(options: DestroyOptions, config: Config, terminal: Terminal): Promise<number> {
  const { id, confirm } = options;
  const { stdout, stderr } = terminal;
  const context = { now: clockOf(config), onWarning: (message: string) => void stderr.write(`${message}\n`) };
  const keys = await openKeys(config, context, 'WRITE');
  try {
    const { ring, file } = keys;
    refuseUnfit(ring, id);
    await checkKeyRing(keys.vaultUnder(ring), ring);
    await refuseUsed(keys, ring, id);
    if (file === null)
      throw new UnusableInputError(
        `nothing lies under ${id}, and the key ring is in KEY_RING: take the key out of the variable on every node, and restart`,
      );
    if (!(await confirm(QUESTION))) throw new UnusableInputError('nothing was done: give --yes if you mean it');
    await takeOut(keys, id);
    stdout.write(`${id} is out of ${file}: delete it from every copy of the file, too\n`);
    await tellLeftovers(file, stdout);
    return 0;
  } finally {
    await keys.close();
  }
}
