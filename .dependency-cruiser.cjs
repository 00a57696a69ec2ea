/**
 * Who may import whom. Each room of src/ names what it may know; all else is an error, type-only imports included.
 * A new room needs a rule here, or `every-room-has-a-rule` refuses it.
 */

/** A room's ports lie in the room itself, its adapters each in a folder below it. */
const ports = { eventstore: '^src/eventstore/[^/]+[.]ts$', vault: '^src/vault/[^/]+[.]ts$' };
const adapters = '^src/(?:eventstore|vault)/[^/]+/';
const sqliteAdapters = '^src/(?:eventstore|vault)/sqlite/';
/** The one module that imports a driver of SQLite. */
const drivers = '^src/sqlite/driver[.]ts$';
const packages = '(?:^|/)node_modules/';

/**
 * @param {string} name
 * @param {string | string[]} from
 * @param {string[]} may paths within src/ that the room may import, beside itself
 * @param {string} comment
 */
const room = (name, from, may, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: may },
});

/**
 * @param {string} name
 * @param {string} packagePattern
 * @param {string[]} where paths that may import the package
 * @param {string} comment
 */
const packageOnlyIn = (name, packagePattern, where, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: '^src/', pathNot: where },
  to: { path: `${packages}(?:@types/)?(?:${packagePattern})(?:/|$)` },
});

const rooms = [
  room('domain-imports-only-itself', '^src/domain/', ['^src/domain/'], 'The domain is pure rules.'),
  {
    name: 'domain-needs-no-package',
    comment: 'No packages and no Node modules in the domain.',
    severity: 'error',
    from: { path: '^src/domain/' },
    to: { pathNot: '^src/' },
  },
  room(
    'canonical-knows-nobody',
    '^src/canonical/',
    ['^src/canonical/'],
    'Canonical JSON and what is computed over it stand below vault and audit, which both need them.',
  ),
  room('sqlite-knows-nobody', '^src/sqlite/', ['^src/sqlite/'], 'What any SQLite file has in common is of no kind.'),
  {
    name: 'sqlite-needs-no-package',
    comment: 'No packages in what any SQLite file has in common, but for the driver.',
    severity: 'error',
    from: { path: '^src/sqlite/', pathNot: drivers },
    to: { pathNot: '^src/', dependencyTypesNot: ['core'] },
  },
  room(
    'eventstore-knows-domain',
    '^src/eventstore/',
    ['^src/eventstore/', '^src/domain/', '^src/canonical/', '^src/sqlite/', ports.vault],
    'The event store knows the domain, and the vault only for the codec of personal values.',
  ),
  room(
    'vault-knows-domain',
    '^src/vault/',
    ['^src/vault/', '^src/domain/', '^src/canonical/', '^src/sqlite/'],
    'The vault knows the domain.',
  ),
  room(
    'audit-knows-domain',
    '^src/audit/',
    ['^src/audit/', '^src/domain/', '^src/canonical/'],
    'The audit room knows events only.',
  ),
  room(
    'projections-know-events',
    '^src/projections/',
    ['^src/projections/', '^src/domain/', '^src/audit/', '^src/sqlite/', ports.eventstore],
    'Read models know events, the event-store port and the audit room.',
  ),
  room(
    'application-knows-ports',
    '^src/application/',
    ['^src/application/', '^src/domain/', '^src/canonical/', ports.eventstore, ports.vault],
    'Commands decide from streams: never from read models, never with GraphQL.',
  ),
  room(
    'notifications-know-ports',
    '^src/notifications/',
    ['^src/notifications/', '^src/application/', '^src/domain/', ports.eventstore, ports.vault],
    'Reactions know what commands know.',
  ),
  room(
    'graphql-translates',
    '^src/graphql/',
    ['^src/graphql/', '^src/application/', '^src/audit/', '^src/projections/', '^src/domain/'],
    'GraphQL calls commands and reads read models: never a store, never a vault.',
  ),
  room(
    'http-on-top-of-graphql',
    '^src/http/',
    ['^src/(?:http|graphql|application|audit|projections|domain)/', '^src/config[.]ts$', ports.eventstore, ports.vault],
    'HTTP carries GraphQL, and does not compose the service.',
  ),
  room(
    'runtime-fulfils-ports',
    '^src/runtime/',
    ['^src/(?:runtime|application|canonical|domain)/', ports.eventstore, ports.vault],
    'What is of the process, such as its log lines and its last resort, knows no adapter.',
  ),
  room(
    'grants-fulfil-a-port',
    '^src/grants/',
    ['^src/(?:grants|domain)/', '^src/application/grants[.]ts$'],
    'The signing of grants fulfils the port that commands declare.',
  ),
  room(
    'cli-on-top',
    '^src/cli/',
    [
      '^src/(?:cli|composition|application|audit|canonical|projections|domain)/',
      '^src/config[.]ts$',
      ports.eventstore,
      ports.vault,
    ],
    'Commands of the command line open the log as the service does, and read it.',
  ),
  room(
    'config-knows-only-budgets',
    '^src/config[.]ts$',
    ['^src/config[.]ts$', '^src/application/(?:request-budgets|open-limits)[.]ts$'],
    'The configuration is read by the top. It knows the tables of budgets and limits, so that each is declared once.',
  ),
  {
    name: 'every-room-has-a-rule',
    comment: 'Say in .dependency-cruiser.cjs what a new room may import.',
    severity: 'error',
    from: {
      path: '^src/',
      pathNot: [
        '^src/(?:domain|canonical|sqlite|eventstore|vault|audit|projections|application|notifications|grants|graphql|http|runtime|composition|cli|demo)/',
        '^src/(?:entry|main|config|service)[.]ts$',
        '^src/supported-node[.]mjs$',
      ],
    },
    to: {},
  },
];

const composition = [
  {
    name: 'only-the-composition-root-picks-adapters',
    comment: 'Concrete stores, vaults and the runtime are chosen in src/service.ts and src/composition/.',
    severity: 'error',
    from: {
      path: '^src/',
      pathNot: ['^src/(?:service|main)[.]ts$', '^src/composition/', adapters, '^src/runtime/', '^src/demo/'],
    },
    to: { path: [adapters, '^src/runtime/'] },
  },
  {
    name: 'demo-picks-no-store',
    comment: 'The demo starts the service as everybody does.',
    severity: 'error',
    from: { path: '^src/demo/' },
    to: { path: adapters },
  },
  {
    name: 'adapters-ignore-each-other',
    comment: 'An adapter fulfils its port by itself.',
    severity: 'error',
    from: { path: '^src/((?:eventstore|vault)/[^/]+)/' },
    to: { path: adapters, pathNot: '^src/$1/' },
  },
  {
    name: 'nothing-imports-the-top',
    comment: 'src/service.ts is imported by main and demo, src/main.ts by src/entry.ts alone.',
    severity: 'error',
    from: { path: '^src/', pathNot: ['^src/(?:entry|main)[.]ts$', '^src/(?:cli|demo)/'] },
    to: { path: ['^src/service[.]ts$', '^src/main[.]ts$', '^src/(?:cli|demo)/'] },
  },
  {
    name: 'composition-belongs-to-the-service',
    comment:
      'The parts that the service is put together from are of use to it, and to the commands that do without it.',
    severity: 'error',
    from: { path: '^src/', pathNot: ['^src/service[.]ts$', '^src/(?:composition|cli)/'] },
    to: { path: '^src/composition/' },
  },
  {
    name: 'sqlite-files-only-in-adapters-and-projections',
    comment: 'Only what owns tables opens SQLite files: no port does. A lock file has no tables.',
    severity: 'error',
    from: {
      path: '^src/',
      pathNot: ['^src/(?:sqlite|projections)/', sqliteAdapters],
    },
    to: { path: '^src/sqlite/', pathNot: '^src/sqlite/lock-file[.]ts$' },
  },
  packageOnlyIn('jose-only-in-grants', 'jose', ['^src/grants/'], 'Only the signing of grants speaks JOSE.'),
  packageOnlyIn('canonicalize-only-in-canonical', 'canonicalize', ['^src/canonical/'], 'There is one canonical form.'),
  packageOnlyIn(
    'eventstoredb-only-in-its-adapter',
    '@eventstore/db-client',
    ['^src/(?:eventstore|vault)/eventstoredb/'],
    'The EventStoreDB client is known to its adapter only.',
  ),
  packageOnlyIn(
    'graphql-packages-only-in-graphql',
    'graphql|graphql-[^/]+|type-graphql|@apollo/[^/]+|@as-integrations/[^/]+',
    ['^src/(?:graphql|http)/'],
    'Nothing below GraphQL knows GraphQL.',
  ),
  packageOnlyIn('fastify-only-in-http', 'fastify|@fastify/[^/]+', ['^src/http/'], 'Only the HTTP room knows fastify.'),
];

const general = [
  {
    name: 'one-module-knows-sqlite-drivers',
    comment: 'Use src/sqlite/connection.ts, which works with the driver of every Node.',
    severity: 'error',
    from: { path: '^(?:src|test|scripts|bench)/', pathNot: drivers },
    to: { path: [`${packages}(?:@types/)?(?:@photostructure/sqlite|better-sqlite3)(?:/|$)`, '^(?:node:)?sqlite$'] },
  },
  {
    name: 'no-circles',
    comment: 'GraphQL types refer to each other; nothing else may, not even by type.',
    severity: 'error',
    from: { path: '^(?:src|test|scripts|bench)/', pathNot: '^src/graphql/types/' },
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file that nobody imports and that imports nobody is dead.',
    severity: 'error',
    from: { orphan: true, path: '^src/', pathNot: '^src/entry[.]ts$' },
    to: {},
  },
  {
    name: 'sources-import-sources',
    comment: 'What is shipped imports neither tests nor scripts.',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(?:test|scripts|bench|[.]ci)/' },
  },
  {
    name: 'no-dev-dependencies-in-sources',
    comment: 'What is shipped runs without devDependencies; their types are fine.',
    severity: 'error',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: `${packages}@types/` },
  },
  {
    name: 'only-declared-packages',
    comment: 'A package that package.json does not name may vanish with the next update.',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'everything-resolves',
    comment: 'The import names nothing that is there.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...rooms, ...composition, ...general],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(?:dist|coverage|data|bench/peers|bench/[.]cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    reporterOptions: { text: { highlightFocused: true } },
  },
};
