/** The programs that tests run in processes of their own, by name. */
export const SOURCES = {
  main: 'src/entry.ts',
  'killed-service': 'test/support/killed-service.ts',
  'eventstoredb-double': 'test/support/eventstoredb/main.ts',
  'read-model-crash': 'test/projections/crash-process.ts',
  'log-appender': 'test/eventstore/sqlite-process.ts',
};
