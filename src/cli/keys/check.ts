import { clockOf } from '../../composition/clock.js';
import { openKeys } from '../../composition/keys.js';
import type { Config } from '../../config.js';
import { isDigestKeyOf } from '../../vault/key-ring-check.js';
import type { KeyRing } from '../../vault/key-ring.js';
import { openingsOf, pagesOf, usesOf, type KeyUse } from '../../vault/key-usage.js';
import type { Vault } from '../../vault/vault.js';
import { counted } from '../counted.js';
import { openProgress } from '../progress.js';
import type { Output, Terminal } from '../terminal.js';
import { tellLeftovers } from './leftovers.js';

/** Further ones are only counted. */
const MOST_NAMED = 100;

const total = (uses: readonly KeyUse[]) => uses.reduce((sum, { secrets }) => sum + secrets, 0);

/** Opens all; tells which do not open, and answers how many. */
async function openAll(vault: Vault, expected: number, { stdout, stderr }: Terminal): Promise<number> {
  const progress = openProgress(stderr);
  let [opened, closed] = [0, 0];
  for await (const page of pagesOf(vault)) {
    const openings = await openingsOf(vault, page);
    for (const [index, { kind, id, keyId }] of page.entries()) {
      if (openings[index] !== 'SEALED') continue;
      closed += 1;
      progress.clear();
      if (closed <= MOST_NAMED) stdout.write(`the ${kind} ${id} does not open: it is sealed under ${keyId}\n`);
    }
    opened += page.length;
    progress.show(expected === 0 ? null : opened / expected, counted(opened, 'secret'));
  }
  progress.clear();
  if (closed > MOST_NAMED) stdout.write(`… and ${closed - MOST_NAMED} more do not open\n`);
  return closed;
}

function tellUses(stdout: Output, ring: KeyRing, uses: readonly KeyUse[]): void {
  const width = Math.max(0, ...uses.map(({ secrets }) => String(secrets).length));
  for (const { kind, keyId, secrets } of uses) {
    const note =
      keyId === ring.activeKeyId ? ', the active key' : ring.sealingKeys.has(keyId) ? '' : ', not in the ring';
    stdout.write(`${String(secrets).padStart(width)} ${kind.padEnd(8)} under ${keyId}${note}\n`);
  }
  const used = new Set(uses.map(({ keyId }) => keyId));
  for (const id of ring.sealingKeys.keys()) {
    if (used.has(id)) continue;
    const hint =
      id === ring.activeKeyId ? 'yet; it is active' : `; \`virtual-mfa keys destroy ${id}\` takes it out of the ring`;
    stdout.write(`nothing is sealed under ${id}${hint.startsWith(';') ? '' : ' '}${hint}\n`);
  }
}

const DIGEST_SENTENCES = {
  true: 'the digest key is the one that names were digested under',
  false: 'the digest key is not the one that names were digested under: nobody could sign in',
  null: 'nothing tells yet whether the digest key is the one of these data: no service was started on them',
} as const;

/**
 * Opens every secret that the settings name, a page at a time, and tells by kind and key how many there are and which do not
 * open: their ids, never what is in them. Nothing is written. Answers the exit code, 0 where all opens.
 */
export async function checkKeys(config: Config, terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal;
  const context = { now: clockOf(config), onWarning: (message: string) => void stderr.write(`${message}\n`) };
  const keys = await openKeys(config, context, 'READ');
  try {
    const vault = keys.vaultUnder(keys.ring);
    const uses = await usesOf(vault);
    tellUses(stdout, keys.ring, uses);
    const closed = await openAll(vault, total(uses), terminal);
    const fits = await isDigestKeyOf(vault, keys.ring);
    stdout.write(`${DIGEST_SENTENCES[`${fits}`]}\n`);
    await tellLeftovers(keys.file, stdout);
    const sound = closed === 0 && fits !== false;
    stdout.write(
      sound
        ? `SOUND: ${counted(total(uses), 'secret')}, and all open\n`
        : `UNSOUND: ${counted(closed, 'secret')} ${closed === 1 ? 'does' : 'do'} not open\n`,
    );
    return sound ? 0 : 1;
  } finally {
    await keys.close();
  }
}
