/**
 * A process of its own on a file of read models: `<file> <projection> <count> <events>` takes in batches of events (JSON), and kills itself
 * when that projection has taken in so many events, in the middle of a transaction.
 */
import { readFileSync } from 'node:fs';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { Intake, Projection } from '../../src/projections/projection.js';
import { openFold } from '../../src/projections/fold.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { projections } from '../../src/projections/read-models.js';
import { openTakeIn } from '../../src/projections/taking-in.js';

const [path = '', victim = '', count = '0', batches = ''] = process.argv.slice(2);

function killing(projection: Projection): Projection {
  return {
    ...projection,
    open(database) {
      const opened = projection.open(database);
      const intake: Intake =
        typeof opened === 'function' ? { take: opened, write: () => undefined, forget: () => undefined } : opened;
      let taken = 0;
      return {
        ...intake,
        take(event): undefined {
          intake.take(event);
          taken += 1;
          if (taken === Number(count)) process.kill(process.pid, 'SIGKILL');
        },
      };
    },
  };
}

const { connection } = openReadModelFile(path);
const folds = projections.map((each) => openFold(connection, each.name === victim ? killing(each) : each));
const takeIn = openTakeIn(connection);
const revived = (key: string, value: unknown) => (key === 'position' ? BigInt(String(value)) : value);
for (const batch of JSON.parse(readFileSync(batches, 'utf8'), revived) as readonly (readonly LoggedEvent[])[]) {
  for (const failure of takeIn(folds, batch, batch.at(-1)?.position ?? 0n).values()) throw failure;
}
