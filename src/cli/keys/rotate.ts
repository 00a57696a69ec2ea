import { clockOf } from '../../composition/clock.js';
import { openKeys, type OpenedKeys } from '../../composition/keys.js';
import type { Config } from '../../config.js';
import { checkKeyRing } from '../../vault/key-ring-check.js';
import { KeyRingError, withNewKey } from '../../vault/key-ring-file.js';
import type { KeyRing } from '../../vault/key-ring.js';
import { hasOlder, resealAll, usesOf } from '../../vault/key-usage.js';
import { counted } from '../counted.js';
import { openProgress } from '../progress.js';
import type { Terminal } from '../terminal.js';

export interface RotateOptions {
  /** Makes no new key. */
  readonly resume: boolean;
  /** The key of the ring to make active, instead of a new one. */
  readonly to?: string;
}

async function opened<T>(config: Config, { stderr }: Terminal, job: (keys: OpenedKeys) => Promise<T>): Promise<T> {
  const context = { now: clockOf(config), onWarning: (message: string) => void stderr.write(`${message}\n`) };
  const keys = await openKeys(config, context, 'WRITE');
  try {
    await checkKeyRing(keys.vaultUnder(keys.ring), keys.ring);
    return await job(keys);
  } finally {
    await keys.close();
  }
}

function refuseUnknown(ring: KeyRing, id: string): void {
  if (ring.sealingKeys.has(id)) return;
  throw new KeyRingError(`the key ring has no key ${id}: name one of ${[...ring.sealingKeys.keys()].join(', ')}`);
}

/** The ring to seal under: the one that is there where a rotation is unfinished, else one with another active key. */
async function chooseRing(keys: OpenedKeys, { resume, to }: RotateOptions, config: Config): Promise<KeyRing> {
  if (resume || (keys.file === null && to === undefined)) return keys.ring;
  const now = clockOf(config);
  return keys.change(async (ring) => {
    if (to !== undefined) {
      refuseUnknown(ring, to);
      return { ...ring, activeKeyId: to };
    }
    if (await hasOlder(keys.vaultUnder(ring), ring.activeKeyId)) return ring;
    const { ring: grown, id } = withNewKey(ring, now());
    return { ...grown, activeKeyId: id };
  });
}

function tellRing({ stdout }: Terminal, { ring, file }: OpenedKeys, chosen: KeyRing): void {
  const id = chosen.activeKeyId;
  if (id === ring.activeKeyId)
    stdout.write(`${id} is active already: what lies under older keys is sealed anew under it\n`);
  else stdout.write(`${id} is active now, in ${String(file)}: copy the file to where you keep it\n`);
}

async function reseal(keys: OpenedKeys, ring: KeyRing, { stderr }: Terminal) {
  const vault = keys.vaultUnder(ring);
  const older = (await usesOf(vault)).filter(({ keyId }) => keyId !== ring.activeKeyId);
  const expected = older.reduce((sum, { secrets }) => sum + secrets, 0);
  const progress = openProgress(stderr);
  try {
    return await resealAll(vault, ring.activeKeyId, (done) =>
      progress.show(expected === 0 ? null : done / expected, `${counted(done, 'secret')} sealed anew`),
    );
  } finally {
    progress.clear();
  }
}

function tellIdle({ stdout }: Terminal, { ring, file }: OpenedKeys): void {
  if (file === null) stdout.write('How to bring a new key into KEY_RING: docs/operating.md, "Keys"\n');
  else stdout.write(`${ring.activeKeyId} seals everything.\n`);
}

/**
 * Seals everything anew under another key, while services run. Makes no new key while something still lies under an older one:
 * then it goes on with a rotation that was broken off. Answers the exit code, 1 where something does not open.
 */
export async function rotateKeys(options: RotateOptions, config: Config, terminal: Terminal): Promise<number> {
  return opened(config, terminal, async (keys) => {
    const ring = await chooseRing(keys, options, config);
    tellRing(terminal, keys, ring);
    const { resealed, sealed } = await reseal(keys, ring, terminal);
    for (const { kind, id } of sealed) terminal.stdout.write(`the ${kind} ${id} does not open, and is left as it is\n`);
    terminal.stdout.write(
      `${counted(resealed, 'secret')} ${resealed === 1 ? 'was' : 'were'} sealed anew under ${ring.activeKeyId}\n`,
    );
    if (resealed === 0 && ring === keys.ring) tellIdle(terminal, keys);
    if (sealed.length > 0) return 1;
    for (const id of ring.sealingKeys.keys()) {
      if (id !== ring.activeKeyId) terminal.stdout.write(`${id} may be destroyed: virtual-mfa keys destroy ${id}\n`);
    }
    return 0;
  });
}

/** Puts a new key into the file of the ring, not active: it can be brought to all nodes before anything lies under it. */
export async function addKey(config: Config, terminal: Terminal): Promise<number> {
  return opened(config, terminal, async (keys) => {
    let added = '';
    await keys.change((ring) => {
      const grown = withNewKey(ring, clockOf(config)());
      added = grown.id;
      return grown.ring;
    });
    terminal.stdout.write(`${added}\n`);
    return 0;
  });
}
