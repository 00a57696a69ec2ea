import { z } from 'zod';
import { signInByPassword, type Cast } from '../cast.js';
import type { Client } from '../client.js';
import { DemoError } from '../demo-error.js';
import { trailPage, type TrailEvent } from '../expectations.js';
import { auditEvents, createSubUser, users } from '../operations.js';
import type { Scene } from '../scene.js';
import { trailTable } from '../trail-table.js';

const protectedUser = z.object({ mfa: z.object({ enabled: z.literal(true) }) });
const unprotectedUser = z.object({ mfa: z.object({ enabled: z.literal(false) }) });

/** What the journey must have left in the trail, by type; other types are there as well. */
const EXPECTED: Readonly<Record<string, number>> = {
  PrimaryAccountRegistered: 1,
  UserCreated: 3,
  PasswordRejected: 1,
  MfaEnabled: 2,
  MfaDeviceReplaced: 1,
  MfaCodeAccepted: 4,
  MfaCodeRejected: 2,
  MfaCodeReplayed: 1,
  OperationVerificationUsed: 1,
};

/** The whole trail, oldest first. */
async function readTrail(client: Client): Promise<TrailEvent[]> {
  const events: TrailEvent[] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo }: z.infer<typeof trailPage> = await client.fetch(
      auditEvents,
      { first: 100, after },
      trailPage,
    );
    events.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return events.reverse();
}

function checkTrail(events: readonly TrailEvent[]): void {
  const gap = events.findIndex(({ seq }, index) => seq !== index);
  if (gap !== -1) throw new DemoError(`The audit trail has a gap: number ${gap} is missing.`);
  for (const [type, expected] of Object.entries(EXPECTED)) {
    const count = events.filter((event) => event.type === type).length;
    if (count === expected) continue;
    throw new DemoError(`The audit trail should have ${expected} events ${type} after this journey; it has ${count}.`);
  }
}

/** The auditor looks at the account, and at all that has happened in it. */
export async function readTheTrail(scene: Scene, { carol }: Cast): Promise<void> {
  scene.step(
    'The auditor reads the account',
    'Carol works with a script: her session is a bearer token in the answer instead of a cookie. She sees who is protected and what was refused, and changes nothing.',
  );
  const script = scene.script("Carol's script");
  await signInByPassword(script, carol);
  await script.ask(users, {}, z.object({ nodes: z.tuple([protectedUser, protectedUser, unprotectedUser]) }));
  const refusals = trailPage.refine(
    ({ nodes }) => nodes.length > 0 && nodes.every(({ outcome }) => outcome === 'FAILURE'),
  );
  await script.ask(auditEvents, { filter: { outcome: 'FAILURE' }, first: 2 }, refusals);
  const dave = { username: 'dave', password: carol.password };
  await script.askInVain(createSubUser, dave, 'FORBIDDEN');

  scene.step('The whole audit trail, oldest first');
  const events = await readTrail(script);
  scene.print((columns) => trailTable(events, columns));
  checkTrail(events);
  scene.tell(`${events.length} events, every refusal among them, and no password, seed, code or token.`);
}
