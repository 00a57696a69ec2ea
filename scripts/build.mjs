import { refuseOtherNodes } from '../src/supported-node.mjs';

refuseOtherNodes();
const { bundle } = await import('./bundle.mjs');

/** @type {Record<string, string>} Programs of tests that run in processes of their own, given as `name=source`. */
const more = {};
for (const argument of process.argv.slice(3)) {
  const [name = '', source = ''] = argument.split('=');
  more[name] = source;
}

// In `dist`, or in the folder of the project that is named.
await bundle(process.argv[2] ?? 'dist', more);
