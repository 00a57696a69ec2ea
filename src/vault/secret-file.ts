import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The text of a file; null where there is none. @throws what the system says otherwise */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Makes a file for its owner alone, with all its content at once, or leaves the one that somebody else made; answers whether it
 * made it. Of several processes that do so at once, one does.
 */
export async function createSecretFile(path: string, content: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = draftOf(path);
  try {
    await writeDurably(draft, content);
    await link(draft, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await discard(draft);
  }
}

/** What a file that takes the place of another keeps of it. */
interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** Nobody but the owner writes, and nobody but owner and group reads. */
const MOST_MODE = 0o640;

/**
 * Puts another content in the place of a file's, all at once: who reads it meanwhile reads the one or the other. It stays its
 * owner's, and its group's where that could read it: a service of another user goes on reading it.
 */
export async function replaceSecretFile(path: string, content: string): Promise<void> {
  const target = await realpath(path);
  const { uid, gid, mode } = await stat(target);
  const draft = draftOf(target);
  try {
    await writeDurably(draft, content, { uid, gid, mode: mode & MOST_MODE });
    await rename(draft, target);
  } catch (error) {
    await discard(draft);
    throw error;
  }
  await syncDirectory(dirname(target));
}

/** A name beside the file, which nobody else takes. */
function draftOf(path: string): string {
  return `${path}.${randomUUID()}.new`;
}

/** Removes a draft, however far it came; what went wrong before is what is told. */
async function discard(draft: string): Promise<void> {
  await rm(draft, { force: true });
}

const DRAFT_ENDING = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.new$/;

/** Drafts of a file that were left by a process that died while it wrote: they hold what the file does, or did. */
export async function leftoverDraftsOf(path: string): Promise<readonly string[]> {
  const target = await realpath(path);
  const [folder, name] = [dirname(target), basename(target)];
  const names = await readdir(folder);
  return names
    .filter((one) => one.startsWith(name) && DRAFT_ENDING.test(one.slice(name.length)))
    .map((one) => join(folder, one));
}

async function writeDurably(path: string, content: string, ownership?: Ownership): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    if (ownership !== undefined) {
      const { uid, gid } = await file.stat();
      if (uid !== ownership.uid || gid !== ownership.gid) await file.chown(ownership.uid, ownership.gid);
      await file.chmod(ownership.mode);
    }
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this a power failure may take the name of a file whose content is safe. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** The system's code of an error, such as `ENOENT`. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
