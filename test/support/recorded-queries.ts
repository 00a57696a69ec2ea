import type {
  ReadOptions,
  SqliteConnection,
  SqliteParameters,
  SqliteStatement,
  SqliteValue,
} from '../../src/sqlite/connection.js';

interface Query {
  readonly sql: string;
  readonly parameters: SqliteParameters;
}

/** A connection that records which statements are run on it, with their parameters. */
export interface RecordedQueries {
  readonly connection: SqliteConnection;
  /** The plans of the statements that a job runs, each as its steps in the order in which SQLite takes them. */
  plansOf(job: () => unknown): readonly (readonly string[])[];
}

/** Records the statements that are prepared and run by the connection that it answers. */
export function recordQueries(connection: SqliteConnection): RecordedQueries {
  let queries: Query[] = [];

  /** The statement that `prepare` makes, recorded each time it is run. */
  function recorded<P extends SqliteParameters, R>(
    sql: string,
    statement: SqliteStatement<P, R>,
  ): SqliteStatement<P, R> {
    const record = (parameters: P): P => {
      queries.push({ sql, parameters });
      return parameters;
    };
    return {
      run: (...parameters) => statement.run(...record(parameters)),
      get: (...parameters) => statement.get(...record(parameters)),
      all: (...parameters) => statement.all(...record(parameters)),
    };
  }

  function planOf({ sql, parameters }: Query): readonly string[] {
    const plan = connection.prepare<SqliteParameters, { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`);
    return plan.all(...parameters).map(({ detail }) => detail);
  }

  return {
    connection: {
      path: connection.path,
      isReadOnly: connection.isReadOnly,
      get isOpen() {
        return connection.isOpen;
      },
      get isTransaction() {
        return connection.isTransaction;
      },
      exec: (sql) => connection.exec(sql),
      pragma: (text) => connection.pragma(text),
      prepare: <P extends SqliteParameters, R>(sql: string, options?: ReadOptions) =>
        recorded(sql, connection.prepare<P, R>(sql, options)),
      prepareLists: <P extends SqliteParameters, R extends readonly SqliteValue[]>(
        sql: string,
        options?: ReadOptions,
      ) => recorded(sql, connection.prepareLists<P, R>(sql, options)),
      prepareValues: <P extends SqliteParameters, R>(sql: string, options?: ReadOptions) =>
        recorded(sql, connection.prepareValues<P, R>(sql, options)),
      transaction: (mode, job) => connection.transaction(mode, job),
      close: () => connection.close(),
    },
    plansOf(job) {
      queries = [];
      job();
      return queries.map(planOf);
    },
  };
}
