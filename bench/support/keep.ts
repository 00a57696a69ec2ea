import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What must not outlive the bench: `process`, with its id, or `folder`, with its path. */
export type Kept = `process ${number}` | `folder ${string}`;

let keeper: Writable | null = null;

/** In a session of its own, so that no signal to the bench reaches it. */
function startKeeper(): Writable {
  const path = fileURLToPath(new URL('keeper.mjs', import.meta.url));
  const child = spawn(process.execPath, [path], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  return child.stdin;
}

/** Has something end, or be removed, at the latest when this process is gone: also where it is killed. Call what is answered once it is gone. */
export function keep(what: Kept): () => void {
  keeper ??= startKeeper();
  keeper.write(`+${what}\n`);
  return () => void keeper?.write(`-${what}\n`);
}
