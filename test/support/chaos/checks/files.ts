import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { added, inField, type Check } from '../check.js';
import { viewer } from '../../operations.js';
import { startField } from '../field.js';
import { fileSizeLimit, fillDisk, makeReadOnly, smallDisk } from '../ground.js';
import { anyNode } from '../../cluster/people.js';
import { plainErrand, sceneOf, type Load, type Play } from '../load.js';
import type { Counts } from '../verify.js';

/** What lets a file be written again. */
type Undo = () => Promise<void> | void;

interface FileFault {
  readonly name: string;
  /** What the service is to say of it. */
  readonly words: RegExp;
  /** Null where this machine does not let us. */
  begin(play: Play): Promise<Undo | null> | Undo | null;
}

const HOLD_LOCK = fileURLToPath(new URL('../hold-lock.ts', import.meta.url));

/** Another process that holds the log locked, until it is killed. */
async function lock(path: string): Promise<Undo> {
  const child = spawn(process.execPath, ['--import', 'tsx', HOLD_LOCK, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

const logOf = ({ field }: Play): string => join(field.place.folder, 'log.db');

const faults: readonly FileFault[] = [
  { name: 'diskFull', words: /the disk is full/, begin: ({ field }) => fillDisk(field.place.folder) },
  {
    name: 'fileSizeLimit',
    words: /the disk reports an error|the disk is full/,
    begin: (play) => fileSizeLimit(play.field.node.pid(), statSync(`${logOf(play)}-wal`).size),
  },
  {
    name: 'readOnlyWhileRunning',
    words: /the disk reports an error|cannot be written/,
    begin: (play) => makeReadOnly(`${logOf(play)}-wal`, 'open'),
  },
  { name: 'lockedByOther', words: /another process holds the file locked/, begin: (play) => lock(logOf(play)) },
];

/** What is known of a fault while it lasts; answers whether health tells of it. */
async function endure(fault: FileFault, play: Play, load: Load): Promise<boolean> {
  const { node } = play.field;
  await load.unavailable(6);
  assert.match(node.said(), fault.words, `what the service says of ${fault.name}`);
  const visitor = play.owner.visitor.at(anyNode(sceneOf(play)));
  assert.equal((await viewer(visitor))?.stage, 'FULL', 'reads go on');
  return (await node.health()).status === 503;
}

async function strike(fault: FileFault, play: Play, load: Load): Promise<Counts> {
  const undo = await fault.begin(play);
  if (undo === null) return { [`${fault.name}NotPossibleHere`]: 1 };
  let told: boolean;
  try {
    told = await endure(fault, play, load);
  } finally {
    await undo();
  }
  await load.acknowledged(10);
  return { [fault.name]: 1, notReadyMeanwhile: told ? 1 : 0 };
}

interface StartFault {
  readonly name: string;
  readonly words: RegExp;
  readonly begin: (path: string) => Undo | null;
}

function replaced(path: string, content: (old: Buffer) => Buffer): Undo {
  copyFileSync(path, `${path}.kept`);
  writeFileSync(path, content(readFileSync(path)));
  return () => {
    copyFileSync(`${path}.kept`, path);
    rmSync(`${path}.kept`);
  };
}

/** Everything after the header, so that the file is still taken for ours. */
function scrambled(old: Buffer): Buffer {
  return Buffer.concat([old.subarray(0, 100), Buffer.alloc(old.length - 100, 0x5a)]);
}

const startFaults: readonly StartFault[] = [
  {
    name: 'readOnlyAtStart',
    words: /log\.db .*(cannot be (used|opened|written)).*: let the user/,
    begin: (path) => makeReadOnly(path, 'closed'),
  },
  { name: 'corrupt', words: /log\.db is damaged/, begin: (path) => replaced(path, scrambled) },
  {
    name: 'foreign',
    words: /log\.db is not an SQLite/,
    begin: (path) => replaced(path, () => Buffer.alloc(8_192, 97)),
  },
];

async function refuseStart({ name, words, begin }: StartFault, play: Play): Promise<Counts> {
  const path = logOf(play);
  const undo = begin(path);
  if (undo === null) return { [`${name}NotPossibleHere`]: 1 };
  try {
    const before = readFileSync(path);
    assert.match(await play.field.node.refusal(), words, `what the service says of ${name}`);
    assert.ok(readFileSync(path).equals(before), 'a file that was refused is left as it was');
  } finally {
    await undo();
  }
  return { [name]: 1 };
}

/**
 * A full disk, limits and attributes of files, locks; damaged and foreign files at the start. Nobody gives an enrollment up here: where
 * the note that a reaction is done cannot be written, the reaction is noted twice.
 */
export const files: Check = async (options) => {
  const disk = smallDisk();
  try {
    const field = await startField(disk === null ? {} : { folder: join(disk.path, 'data') });
    return await inField({ field, errand: plainErrand }, options, async (play, load) => {
      let counts: Counts = {};
      for (let time = 1; time <= options.times; time += 1) {
        for (const fault of faults) {
          options.progress(`${fault.name}, ${time} of ${options.times}`);
          await load.acknowledged(10);
          counts = added(counts, await strike(fault, play, load));
        }
      }
      await load.stop();
      await play.field.node.stop();
      for (const fault of startFaults) {
        options.progress(fault.name);
        counts = added(counts, await refuseStart(fault, play));
      }
      await play.field.node.start();
      return counts;
    });
  } finally {
    disk?.remove();
  }
};
