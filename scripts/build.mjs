import { bundle } from './bundle.mjs';

// In `dist`, or in the folder of the project that is named.
await bundle(process.argv[2] ?? 'dist');
