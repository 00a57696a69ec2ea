import { rmSync } from 'node:fs';

/** After the tests: takes away what was bundled for them. */
export default function remove() {
  const folder = process.env.TEST_PROGRAMS;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
