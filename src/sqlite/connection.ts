import { resolve } from 'node:path';
import { DRIVER, PACKAGED_DRIVER, type Driver, type DriverDatabase, type DriverStatement } from './driver.js';

/** A value of a column, or of a parameter. Bytes are read as `Uint8Array`, never as `Buffer`. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** Values of a statement's parameters: one for each `?`, or one object with a value for each `@name`. */
export type SqliteParameters = readonly SqliteValue[] | readonly [Readonly<Record<string, SqliteValue>>];

/** What a statement changed. */
export interface SqliteChanges {
  readonly changes: number | bigint;
  readonly lastInsertRowid: number | bigint;
}

export interface SqliteStatement<P extends SqliteParameters = SqliteParameters, R = unknown> {
  run(...parameters: P): SqliteChanges;
  /** The first row; undefined if there is none. */
  get(...parameters: P): R | undefined;
  all(...parameters: P): R[];
}

export interface ReadOptions {
  /** Reads every whole number as a bigint. Without it, one beyond 2^53 is an error. */
  readonly bigints?: boolean;
}

/** `immediate` takes the write lock at once; `deferred` is for reading. */
export type TransactionMode = 'deferred' | 'immediate';

/** A connection to an SQLite file. Everything is synchronous. */
export interface SqliteConnection {
  /** The absolute path of the file, or `:memory:`. */
  readonly path: string;
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  /** Whether it was opened so that nothing can be written. */
  readonly isReadOnly: boolean;
  /** Runs statements that take no parameters and give no rows. */
  exec(sql: string): void;
  /** Sets a pragma or reads it: the first value of its answer. */
  pragma(text: string): SqliteValue | undefined;
  /** Prepares a statement whose rows are read as objects. */
  prepare<P extends SqliteParameters, R = unknown>(sql: string, options?: ReadOptions): SqliteStatement<P, R>;
  /** Prepares a statement whose rows are read as lists of their values: quicker than objects. */
  prepareLists<P extends SqliteParameters, R extends readonly SqliteValue[]>(
    sql: string,
    options?: ReadOptions,
  ): SqliteStatement<P, R>;
  /** Prepares a statement of whose rows the first value alone is read. */
  prepareValues<P extends SqliteParameters, R = SqliteValue>(sql: string, options?: ReadOptions): SqliteStatement<P, R>;
  /** Runs a job in a transaction, which is undone if the job or its commit throws. There is none within another. */
  transaction<T>(mode: TransactionMode, job: () => T): T;
  /** Closes the connection and its statements; once more is no error. */
  close(): void;
}

export interface ConnectionOptions {
  /** Opens a file that exists, and never writes to it. */
  readonly readOnly?: boolean;
  /** How long a statement waits while another connection has the file locked; 5 seconds by default. */
  readonly timeoutMilliseconds?: number;
}

const MEMORY = ':memory:';

/** Opens a file, which is made if there is none, or a database in memory. @param driver that of this process by default */
export function openConnection(path: string, options: ConnectionOptions = {}, driver = DRIVER): SqliteConnection {
  return new Connection(path === MEMORY ? MEMORY : resolve(path), options, driver);
}

class Connection implements SqliteConnection {
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly #database: DriverDatabase;
  readonly #leavesStatements: boolean;
  readonly #control = new Map<string, DriverStatement>();

  constructor(
    path: string,
    { readOnly = false, timeoutMilliseconds: timeout = 5_000 }: ConnectionOptions,
    driver: Driver,
  ) {
    this.path = path;
    this.isReadOnly = readOnly;
    this.#leavesStatements = driver.name === PACKAGED_DRIVER && !readOnly;
    this.#database = new driver.DatabaseSync(path, { readOnly, timeout, defensive: true });
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  get isTransaction(): boolean {
    return this.#database.isOpen && this.#database.isTransaction;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  pragma(text: string): SqliteValue | undefined {
    return this.prepareValues<[], SqliteValue>(`PRAGMA ${text}`).get();
  }

  prepare<P extends SqliteParameters, R>(sql: string, options?: ReadOptions): SqliteStatement<P, R> {
    return this.#read<P, R>(sql, objectReader, options);
  }

  prepareLists<P extends SqliteParameters, R>(sql: string, options?: ReadOptions): SqliteStatement<P, R> {
    return this.#read<P, R>(sql, listReader, options);
  }

  prepareValues<P extends SqliteParameters, R>(sql: string, options?: ReadOptions): SqliteStatement<P, R> {
    return this.#read<P, R>(sql, valueReader, options);
  }

  transaction<T>(mode: TransactionMode, job: () => T): T {
    this.#run(`BEGIN ${mode}`);
    try {
      const result = job();
      this.#run('COMMIT');
      return result;
    } catch (error) {
      // Some errors (a full disk, say) make SQLite undo the transaction by itself.
      if (this.isTransaction) this.#run('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (!this.#database.isOpen) return;
    if (this.#leavesStatements) this.#letGo();
    this.#database.close();
  }

  /**
   * Gives up every lock. The package closes a connection only when all its statements are garbage, and until then it holds
   * the locks that WAL mode keeps between transactions. Without WAL there are none.
   */
  #letGo(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.#database.exec('PRAGMA journal_mode = DELETE');
      // An exclusive lock is given up by the next statement that reads.
      this.#database.exec('PRAGMA locking_mode = NORMAL; SELECT 1 FROM sqlite_schema');
    } catch {
      // Somebody else has the file open, and goes on in WAL mode.
    }
  }

  #prepare(sql: string, { bigints = false }: ReadOptions = {}): DriverStatement {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    if (bigints) statement.setReadBigInts(true);
    return statement;
  }

  #read<P extends SqliteParameters, R>(sql: string, reader: Reader, options?: ReadOptions): SqliteStatement<P, R> {
    return new Statement<P, R>(this.#database, this.#prepare(sql, options), { sql, reader });
  }

  #run(sql: string): void {
    let statement = this.#control.get(sql);
    if (statement === undefined) this.#control.set(sql, (statement = this.#database.prepare(sql)));
    statement.run();
  }
}

/** Makes the rows of a statement of the lists that the driver reads. */
type Reader = (statement: DriverStatement) => (row: readonly SqliteValue[]) => unknown;

const listReader: Reader = () => (row) => row;

const valueReader: Reader = () => (row) => row[0];

/** Both drivers make objects more slowly, and without a prototype. */
const objectReader: Reader = (statement) => {
  const names = statement.columns().map(({ name }) => name);
  return (row) => {
    const object: Record<string, SqliteValue | undefined> = {};
    for (let index = 0; index < names.length; index += 1) object[names[index] ?? ''] = row[index];
    return object;
  };
};

class Statement<P extends SqliteParameters, R> implements SqliteStatement<P, R> {
  readonly #statement: DriverStatement;
  readonly #reader: Reader;
  readonly #count: number;
  readonly #named: boolean;
  #read: ((row: readonly SqliteValue[]) => unknown) | undefined;

  /** @param database is kept: a statement of the package points at it, and does not keep it from being collected */
  constructor(
    readonly database: DriverDatabase,
    statement: DriverStatement,
    { sql, reader }: { readonly sql: string; readonly reader: Reader },
  ) {
    this.#statement = statement;
    this.#reader = reader;
    ({ count: this.#count, named: this.#named } = parametersOf(sql));
  }

  run(...parameters: P): SqliteChanges {
    this.#check(parameters);
    return this.#statement.run(...parameters);
  }

  get(...parameters: P): R | undefined {
    this.#check(parameters);
    const row = this.#statement.get(...parameters) as readonly SqliteValue[] | undefined;
    return row === undefined ? undefined : this.#rowOf(row);
  }

  all(...parameters: P): R[] {
    this.#check(parameters);
    const rows = this.#statement.all(...parameters) as (readonly SqliteValue[])[];
    return rows.map((row) => this.#rowOf(row));
  }

  #rowOf(row: readonly SqliteValue[]): R {
    this.#read ??= this.#reader(this.#statement);
    return this.#read(row) as R;
  }

  /** The drivers would bind NULL for a value that is missing. */
  #check(parameters: P): void {
    const given = this.#named ? Object.keys(parameters[0] ?? {}).length : parameters.length;
    if (given === this.#count) return;
    throw new RangeError(`The statement takes ${this.#count} values and got ${given}. Give one for each parameter.`);
  }
}

const TEXTS_AND_COMMENTS = /'[^']*'|"[^"]*"|--.*|\/\*[^]*?\*\//g;

/** How many values a statement takes, and whether by name: each `?` is one, each `@name` is one wherever it stands. */
function parametersOf(sql: string): { readonly count: number; readonly named: boolean } {
  const bare = /[?@]/.test(sql) ? sql.replace(TEXTS_AND_COMMENTS, '') : '';
  const names = new Set(bare.match(/@\w+/g));
  return names.size > 0 ? { count: names.size, named: true } : { count: bare.match(/\?/g)?.length ?? 0, named: false };
}
