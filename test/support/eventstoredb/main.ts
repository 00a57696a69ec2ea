/** Runs a double of EventStoreDB as a process of its own, which can be killed, stopped and started again. */
import { parseArgs } from 'node:util';

import { startDouble } from './double.js';

const HELP = `A double of EventStoreDB for tests.

Usage: node --import tsx test/support/eventstoredb/main.ts [options]

  --port <number>  listen at this port of 127.0.0.1; 0, the default, takes a free one
  --file <path>    keep the log in this file; without it the log is gone with the process
  --help           show this
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    file: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function serve(): Promise<void> {
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is no port`);
  const double = await startDouble({ port, ...(values.file === undefined ? {} : { file: values.file }) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void double.close());
  process.stdout.write(`EventStoreDB double listens on ${double.url}\n`);
}

if (values.help) process.stdout.write(HELP);
else await serve();
