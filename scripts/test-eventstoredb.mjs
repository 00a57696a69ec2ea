/** Runs the contracts of log and vault on the real EventStoreDB that `EVENTSTOREDB_URL` names, and nothing else. */
import { spawnSync } from 'node:child_process';

const HELP = `npm run test:eventstoredb

Runs the contracts of the event store and of the vault against a real EventStoreDB (22.6 or newer) by the service's own
adapters, and prints the server's version. It may be run on a server that is in use for tests: it reads and writes streams
of its own, named session-<uuid> and vault-…, which stay there.

  EVENTSTOREDB_URL   required: esdb://[user:password@]host[:port][,host…][?options], such as
                     esdb://localhost:2113?tls=false
                     esdb://admin:changeit@node1:2113,node2:2113,node3:2113?tlsCAFile=/path/ca.pem
`;

if (process.argv.includes('--help') || !process.env.EVENTSTOREDB_URL) {
  process.stdout.write(HELP);
  process.exit(process.argv.includes('--help') ? 0 : 2);
}

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(process.execPath, [...jest, '--verbose', 'test/conformance/real-server.test.ts'], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
