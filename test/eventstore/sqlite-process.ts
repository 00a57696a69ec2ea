/**
 * A process of its own on a log: `<file> <stream> <count>` appends events one after the other, and prints the version
 * that each reached once it is acknowledged.
 */
import { writeSync } from 'node:fs';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { event } from '../conformance/event-store/given.js';

const [path = '', stream = '', count = '0'] = process.argv.slice(2);
const database = openLogDatabase({ path });
const store = openSqliteEventStore({ database, now: () => '2026-01-01T00:00:00.000Z' });
for (let version = 0; version < Number(count); version += 1) {
  const appended = await store.append(stream, version, [event({ data: { version } })]);
  writeSync(1, `${appended.version}\n`);
}
await database.close();
