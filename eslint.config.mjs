import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The only sources that may reach for the clock, randomness, the environment or the console. */
const composition = [
  'src/main.ts',
  'src/config.ts',
  'src/service.ts',
  'src/composition/**',
  'src/demo/**',
  'src/runtime/**',
  'src/eventstore/sqlite/**',
  'src/eventstore/eventstoredb/**',
  'src/vault/**',
];

const passedIn = 'Clock, ids and logger are passed in; configuration comes from src/config.ts.';

const syntaxOfSources = [
  { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that declares the name.' },
];

const ambientSyntax = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: passedIn },
  { selector: 'CallExpression[callee.name="Date"]', message: passedIn },
];

const ambientProperties = [
  ['Date', 'now'],
  ['Math', 'random'],
  ['process', 'env'],
  ['crypto', 'randomUUID'],
  ['crypto', 'randomBytes'],
  ['crypto', 'randomInt'],
  ['crypto', 'getRandomValues'],
  ['performance', 'now'],
].map(([object, property]) => ({ object, property, message: passedIn }));

const ambientImports = ['crypto', 'node:crypto', 'process', 'node:process'].map((name) => ({
  name,
  importNames: name.endsWith('crypto')
    ? ['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync', 'getRandomValues', 'webcrypto']
    : ['env', 'default'],
  message: passedIn,
}));

/** Names by which nobody but src/sqlite/driver.ts gets at a driver of SQLite, whether by an import or by a call. */
const driverNames = '/^(?:node:sqlite|@photostructure\\u002Fsqlite|better-sqlite3)$/';

const syntaxOfDrivers = [
  {
    selector: `Literal[value=${driverNames}]`,
    message: 'Only src/sqlite/driver.ts knows the drivers: use src/sqlite/connection.ts.',
  },
];

const ambientGlobals = [
  'process',
  'Buffer',
  'crypto',
  'performance',
  'fetch',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
].map((name) => ({ name, message: 'The domain is pure: what it needs is passed in as a fact.' }));

export default defineConfig(
  { ignores: ['node_modules/', 'dist/', '.bundle-*/', 'coverage/', 'data/', 'bench/peers/', 'bench/.cache/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The TypeScript compiler checks this for every file, configuration files included.
      'no-undef': 'off',
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', ...syntaxOfSources, ...syntaxOfDrivers],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers and booleans read well in messages; objects, null and undefined do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => log.info(…)` is how a callback is written here.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A leading underscore names what a signature demands and a body does not need.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Synchronous adapters fulfil asynchronous ports, and `async` turns what they throw into a rejection.
      '@typescript-eslint/require-await': 'off',
      // `type` and `interface` differ in meaning where index signatures count; either is fine.
      '@typescript-eslint/consistent-type-definitions': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      // A switch over the members of a union is one decision.
      complexity: ['error', { max: 8, variant: 'modified' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: composition,
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', ...ambientProperties],
      'no-restricted-imports': ['error', { paths: ambientImports }],
      'no-restricted-syntax': ['error', ...syntaxOfSources, ...syntaxOfDrivers, ...ambientSyntax],
    },
  },
  {
    files: ['src/sqlite/driver.ts'],
    rules: { 'no-restricted-syntax': ['error', ...syntaxOfSources, ...ambientSyntax] },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...ambientGlobals],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^[^.]', message: 'The domain imports only itself: no packages, no Node modules.' }] },
      ],
    },
  },
  {
    files: ['bench/**/*.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      complexity: ['error', { max: 8, variant: 'modified' }],
    },
  },
  {
    // type-graphql reads its schema from classes: payloads without behaviour, resolvers without state.
    files: ['src/graphql/**/*.ts'],
    rules: {
      '@typescript-eslint/no-extraneous-class': 'off',
      // These classes are shapes: an object of the same shape is one.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    files: ['test/**/*.ts', 'test/fixtures/**/*.mjs', 'bench/**/*.ts', 'examples/**/*.mjs'],
    rules: {
      // Matchers take functions unbound, stand-ins are empty, and inputs are wrong on purpose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Answers of a GraphQL request are untyped JSON, read as the test expects them.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Tools demand default exports of their configuration, in plain JavaScript.
    files: ['**/*.mjs', '**/*.cjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
