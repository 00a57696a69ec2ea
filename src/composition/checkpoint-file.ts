import { open, type FileHandle } from 'node:fs/promises';
import { ANEW, type CheckpointFile } from '../audit/checkpoints/ledger.js';
import { systemCodeOf } from '../vault/secret-file.js';

const READ_AT_ONCE = 64 * 1024;
/** As all that lies in the data folder; an operator may let others read it. */
const MODE = 0o600;

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function writeAll(file: FileHandle, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const bytes = Buffer.from(text);
    const { bytesWritten } = await file.write(bytes);
    // The rest in a second write could stand behind what another process wrote meanwhile.
    if (bytesWritten < bytes.length) throw new Error('a checkpoint was written in part: the disk may be full');
  }
}

/** Adds texts at the end of a file, each in one write; answers once they are safe. */
async function appendTo(path: string, texts: readonly string[]): Promise<void> {
  const file = await open(path, 'a', MODE);
  try {
    await writeAll(file, texts);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The file of checkpoints: only ever appended to, by any number of processes. */
export function openCheckpointFile(path: string): CheckpointFile {
  let position = 0;
  let inode: bigint | null = null;
  let decoder = new TextDecoder();

  /** Whether another file stands there than was read so far. */
  async function isAnother(file: FileHandle): Promise<boolean> {
    const { ino, size } = await file.stat({ bigint: true });
    const isAnother = (inode !== null && ino !== inode) || size < BigInt(position);
    inode = ino;
    return isAnother;
  }

  return {
    async *read() {
      const file = await openIfThere(path);
      if (file === null) return;
      try {
        if (await isAnother(file)) {
          position = 0;
          decoder = new TextDecoder();
          yield ANEW;
        }
        const buffer = Buffer.alloc(READ_AT_ONCE);
        for (;;) {
          const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
          if (bytesRead === 0) return;
          position += bytesRead;
          yield decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
        }
      } finally {
        await file.close();
      }
    },
    append: (texts) => appendTo(path, texts),
  };
}
