import { createRequire } from 'node:module';
import type * as packaged from '@photostructure/sqlite';

/** What the service needs of a prepared statement of a driver. */
export interface DriverStatement {
  run(...parameters: readonly unknown[]): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  /** The first row, once `setReturnArrays` was called; undefined if there is none. */
  get(...parameters: readonly unknown[]): unknown;
  all(...parameters: readonly unknown[]): unknown[];
  columns(): readonly { readonly name: string }[];
  setReadBigInts(enabled: boolean): void;
  setReturnArrays(enabled: boolean): void;
}

/** What the service needs of a connection of a driver. */
export interface DriverDatabase {
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): DriverStatement;
  close(): void;
}

export const NODE_DRIVER = 'node:sqlite';
export const PACKAGED_DRIVER = '@photostructure/sqlite';
export type DriverName = typeof NODE_DRIVER | typeof PACKAGED_DRIVER;

/** A driver: both have the API of `node:sqlite`. */
export interface Driver {
  readonly name: DriverName;
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean; readonly timeout: number; readonly defensive: boolean },
  ) => DriverDatabase;
}

/** What Node 22 and early releases of 24 say when `node:sqlite` is loaded. */
const WARNING = 'SQLite is an experimental feature';

/** Runs a job, and drops that warning and no other. */
function withoutSqliteWarning<T>(job: () => T): T {
  const emitWarning = Reflect.get(process, 'emitWarning') as (...warning: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (!String(warning).startsWith(WARNING)) emitWarning.call(process, warning, ...rest);
  };
  try {
    return job();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The driver of Node itself; undefined on Node 20, and where it is switched off. */
function loadNodeDriver(): Driver | undefined {
  const loaded = withoutSqliteWarning(() => process.getBuiltinModule(NODE_DRIVER)) as Omit<Driver, 'name'> | undefined;
  return loaded && { name: NODE_DRIVER, DatabaseSync: loaded.DatabaseSync };
}

function loadPackagedDriver(): Driver {
  const { DatabaseSync } = createRequire(import.meta.url)(PACKAGED_DRIVER) as typeof packaged;
  return { name: PACKAGED_DRIVER, DatabaseSync };
}

/** Every driver that works on this Node. */
export function loadDrivers(): readonly Driver[] {
  const own = loadNodeDriver();
  return own === undefined ? [loadPackagedDriver()] : [own, loadPackagedDriver()];
}

/** The driver of this process. The package is loaded only where Node has no driver of its own. */
export const DRIVER: Driver = loadNodeDriver() ?? loadPackagedDriver();
