import { openConnection } from '../../../src/sqlite/connection.js';

const database = openConnection(process.argv[2] ?? '');
database.exec('BEGIN IMMEDIATE');
console.log('locked');
// Holds the lock until this process is killed: a connection that nobody keeps is garbage, and closed.
setInterval(() => {
  if (!database.isTransaction) process.exit(1);
}, 1_000);
