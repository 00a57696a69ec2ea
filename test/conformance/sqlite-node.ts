import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';

/** A folder of its own, which `dispose` removes, and the databases opened there, which it closes. */
export interface Workplace {
  readonly folder: string;
  /** The file of the log; it is made by the first `open`. */
  readonly file: string;
  /** Opens the file once more, as another node would. */
  open(patienceMilliseconds?: number): LogDatabase;
  dispose(): Promise<void>;
}

/** A place for one test to work in. */
export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-'));
  const file = join(folder, 'log.db');
  const databases: LogDatabase[] = [];
  return {
    folder,
    file,
    open: (patienceMilliseconds = 5_000) => {
      const database = openLogDatabase({ path: file, patienceMilliseconds });
      databases.push(database);
      return database;
    },
    dispose: async () => {
      for (const database of databases) await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}
