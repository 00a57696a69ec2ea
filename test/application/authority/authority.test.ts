import { describe, expect, it } from '@jest/globals';
import { authenticate } from '../../../src/application/authenticate.js';
import type { Result } from '../../../src/application/result.js';
import { buildGraphqlSchema } from '../../../src/graphql/schema.js';
import { appendsInSpiteOf, interruptAt, type Interrupted } from '../../support/interruption.js';
import { openWorld, requestContext } from '../../support/world.js';
import {
  make,
  sceneIn,
  streamChangedBy,
  type Change,
  type Late,
  type Row,
  type Rows,
  type Scene,
} from './late-command.js';
import { ACCOUNT } from './rows-account.js';
import { DEVICES } from './rows-devices.js';
import { PEOPLE } from './rows-people.js';
import { SIGNING_IN } from './rows-signing-in.js';

interface Run {
  readonly scene: Scene;
  readonly late: Late;
  readonly interrupted: Interrupted;
  readonly result: Result<unknown>;
}

/** Names are reserved, and passwords of strangers counted, in nobody's name: nothing is done by it to anybody. */
const HARMLESS = new Set(['NameReserved', 'NameReleased']);

/** Sends a command whose session was found before; a change is made before the call of a port with this number. */
async function run<T>(row: Row, at: number | null, change: Change | null, use: (run: Run) => T): Promise<T> {
  const world = await openWorld();
  try {
    const scene = await sceneIn(world);
    const late = await row.prepare(scene);
    const app = world.another();
    const { current } = await authenticate(app, requestContext(), late.token ?? scene.token);
    if (current === null) throw new Error('the session is over before the command is sent');
    const interrupted = interruptAt(app, at, async () => {
      if (change !== null) await make(change, scene, late);
    });
    const request = { ...requestContext(), current: late.token === null ? null : current };
    const result = await late.command(interrupted.app, request, current);
    return use({ scene, late, interrupted, result });
  } finally {
    await world.close();
  }
}

/** The events that a command appended in spite of a change that it could have known of. */
function doneInSpiteOf({ scene, late, interrupted }: Run, at: number, change: Change): readonly string[] {
  return appendsInSpiteOf(interrupted, at, streamChangedBy(change, scene, late))
    .flatMap(({ types }) => types)
    .filter((type) => !HARMLESS.has(type));
}

const ROWS: Rows = { ...SIGNING_IN, ...DEVICES, ...PEOPLE, ...ACCOUNT };

const mutations = Object.entries(ROWS).flatMap(([mutation, rows]) =>
  typeof rows === 'string' ? [] : rows.map((row) => [`${mutation}, ${row.name}`, row] as const),
);

describe('A change that was made before the last reading wins:', () => {
  it('every mutation of the schema has a row', async () => {
    const fields = (await buildGraphqlSchema()).getMutationType()?.getFields() ?? {};
    expect(Object.keys(ROWS).sort()).toStrictEqual(Object.keys(fields).sort());
  });

  it.each(mutations)('%s', async (_, row) => {
    const waits = await run(row, null, null, ({ interrupted, result }) => {
      const types = interrupted.appends.flatMap((append) => append.types);
      // A row whose command does nothing would prove nothing.
      expect(types.filter((type) => !HARMLESS.has(type))).not.toStrictEqual([]);
      expect([row.name, result.ok || row.name.includes('wrong')]).toStrictEqual([row.name, true]);
      return interrupted.calls.length;
    });
    const wrong: string[] = [];
    for (const change of row.changes) {
      for (let at = 0; at < waits; at += 1) {
        await run(row, at, change, (made) => {
          const { call, stream } = made.interrupted.calls[at] ?? { call: '', stream: '' };
          const types = doneInSpiteOf(made, at, change).filter((type) => !row.allowed?.includes(type));
          if (types.length > 0) wrong.push(`${change} before ${at} ${call} ${stream.slice(0, 8)}: ${types.join()}`);
        });
      }
    }
    expect(wrong).toStrictEqual([]);
  });
});
