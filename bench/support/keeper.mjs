/**
 * Ends what the bench started, and removes the folders of its rounds, once the bench is gone: however it went, its end of the
 * pipe is closed then. On standard input `+process 123` and `+folder /path` say what there is, with `-` that it is gone.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** @type {Set<string>} */
const kept = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('+')) kept.add(line.slice(1));
  else kept.delete(line.slice(1));
}

/** @param {string} kind */
function namesOf(kind) {
  return [...kept].filter((what) => what.startsWith(`${kind} `)).map((what) => what.slice(kind.length + 1));
}

for (const id of namesOf('process')) {
  try {
    process.kill(Number(id), 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
// A process that is being killed may still write a file or two.
for (const path of namesOf('folder')) rmSync(path, { recursive: true, force: true, maxRetries: 10 });
