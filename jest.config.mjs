/** Jest runs the TypeScript sources as ES modules; `npm test` passes the Node flag that this needs. */

const countsFile = process.env.JEST_COUNTS_FILE;
const reporters = ['default', '<rootDir>/.ci/killed-worker-reporter.mjs'];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  globalSetup: '<rootDir>/test/support/build-programs.mjs',
  globalTeardown: '<rootDir>/test/support/remove-programs.mjs',
  testMatch: ['**/*.test.ts'],
  // A real EventStoreDB is tested where there is one.
  testPathIgnorePatterns: process.env.EVENTSTOREDB_URL ? [] : ['real-server[.]test[.]ts$'],
  // A double of EventStoreDB in the same process answers, but slowly.
  testTimeout: process.env.TEST_LOG === 'eventstoredb' ? 300_000 : 60_000,
  maxWorkers: 2,
  // At the end Jest kills a worker that takes longer to exit. Nothing keeps it alive, but it first gives back the memory of all
  // its test files: Jest's 500 ms are too few for that after the whole suite, or on a busy machine.
  workerGracefulExitTimeout: 15_000,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: false,
            useDefineForClassFields: false,
            verbatimModuleSyntax: true,
          },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  reporters: countsFile ? [...reporters, ['<rootDir>/.ci/count-reporter.mjs', { file: countsFile }]] : reporters,
  collectCoverageFrom: ['src/**/*.ts', '!src/main.ts', '!src/entry.ts'],
  coverageProvider: 'v8',
};
