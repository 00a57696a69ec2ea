import { z } from 'zod';
import { answerWithFreshCode, beginSignIn, type ProtectedSeat } from '../cast.js';
import type { Client } from '../client.js';
import { DemoError } from '../demo-error.js';
import { trailPage, userWithMfa, type TrailEvent } from '../expectations.js';
import { auditEvents, createSubUser, mfaCoverage, users } from '../operations.js';
import type { Scene } from '../scene.js';
import { readTrail } from '../trail.js';
import { trailTable } from '../trail-table.js';

/** What the journey must have left in the trail, by type; other types are there as well. */
const EXPECTED: Readonly<Record<string, number>> = {
  PrimaryAccountRegistered: 1,
  UserCreated: 5,
  PasswordRejected: 1,
  SubUserMfaRequired: 2,
  MfaEnrollmentStarted: 6,
  MfaEnrollmentCodeRejected: 1,
  MfaEnabled: 5,
  MfaDisabled: 1,
  MfaDeviceReplaced: 1,
  MfaSecretDestroyed: 2,
  MfaCodeAccepted: 8,
  MfaCodeRejected: 3,
  MfaCodeReplayed: 1,
  OperationVerificationUsed: 3,
};

function checkTrail(events: readonly TrailEvent[]): void {
  const gap = events.findIndex(({ seq }, index) => seq !== index);
  if (gap !== -1) throw new DemoError(`The audit trail has a gap: number ${gap} is missing.`);
  for (const [type, expected] of Object.entries(EXPECTED)) {
    const count = events.filter((event) => event.type === type).length;
    if (count === expected) continue;
    throw new DemoError(`The audit trail should have ${expected} events ${type} after this journey; it has ${count}.`);
  }
}

/** Who is protected: everybody but the sub-user who has to be and has not signed in yet. */
async function readCoverage(script: Client): Promise<void> {
  const isProtected = userWithMfa({ enabled: true });
  const overdue = userWithMfa({ enabled: false, required: true });
  const everybody = z.tuple([isProtected, isProtected, isProtected, isProtected, overdue]);
  await script.ask(users, {}, z.object({ nodes: everybody }));
  const coverage = z.object({
    users: z.literal(5),
    enabled: z.literal(4),
    required: z.literal(2),
    overdue: z.literal(1),
    share: z.literal(0.8),
    overdueUsers: z.tuple([z.object({ username: z.literal('erin') })]),
  });
  await script.ask(mfaCoverage, {}, coverage);
}

/** The auditor looks at the account, and at all that has happened in it. */
export async function readTheAccount(scene: Scene, { person, phone }: ProtectedSeat): Promise<Client> {
  scene.chapter('After: the Coverage and the Audit Trail');
  scene.step(
    'The auditor sees how much of the account is protected',
    'Carol works with a script: her session is a bearer token in the answer instead of a cookie, and a code is asked for there too. Erin has to enable MFA, but has not signed in yet.',
  );
  const script = scene.script("Carol's script");
  await beginSignIn(script, person);
  await answerWithFreshCode(script, phone);
  await readCoverage(script);

  scene.step('The auditor sees what was refused, and changes nothing');
  const refusals = trailPage.refine(
    ({ nodes }) => nodes.length > 0 && nodes.every(({ outcome }) => outcome === 'FAILURE'),
    { error: 'there must be refusals, and nothing else' },
  );
  await script.ask(auditEvents, { filter: { outcome: 'FAILURE' }, first: 2 }, refusals);
  await script.askInVain(createSubUser, { username: 'mallory', password: person.password }, 'FORBIDDEN');

  scene.step('The whole audit trail, oldest first');
  const events = await readTrail(script);
  scene.print((columns) => trailTable(events, columns));
  checkTrail(events);
  scene.tell(`${events.length} events, every refusal among them, and no password, seed, code or token.`);
  return script;
}
