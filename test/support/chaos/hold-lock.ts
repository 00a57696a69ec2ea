import { openConnection } from '../../../src/sqlite/connection.js';

// Holds a file locked for writing until this process is killed.
openConnection(process.argv[2] ?? '').exec('BEGIN IMMEDIATE');
console.log('locked');
setInterval(() => undefined, 1_000);
