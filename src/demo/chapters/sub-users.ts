import { z } from 'zod';
import type { Authenticator } from '../authenticator.js';
import { signInByPassword, type Cast, type Person } from '../cast.js';
import type { Client } from '../client.js';
import { done } from '../expectations.js';
import { auditEvents, createSubUser } from '../operations.js';
import type { Scene } from '../scene.js';
import { enableFirstDevice } from './enabling.js';

async function create(primary: Client, { username, password }: Person, role: 'MEMBER' | 'AUDITOR'): Promise<void> {
  const user = z.object({ username: z.literal(username), kind: z.literal('SUB_USER'), role: z.literal(role) });
  await primary.ask(createSubUser, { username, password, role }, done({ user }));
}

/** Ada creates two sub-users. */
export async function createSubUsers(scene: Scene, browser: Client, { bob, carol }: Cast): Promise<void> {
  scene.step(
    'Create sub-users',
    'A MEMBER looks after its own security and nothing else; an AUDITOR reads the account.',
  );
  await create(browser, bob, 'MEMBER');
  await create(browser, carol, 'AUDITOR');
}

/** The member signs in and protects itself. */
export async function enableMfaOfBob(scene: Scene, browser: Client, { bob }: Cast): Promise<Authenticator> {
  scene.step(
    'A sub-user enables MFA on its own',
    "Bob signs in by the account's alias and his user name, and sets up a device as Ada did.",
  );
  await signInByPassword(browser, bob);
  const phone = await enableFirstDevice(scene, browser, "Bob's phone");
  scene.tell('The audit trail is not for members:');
  await browser.askInVain(auditEvents, {}, 'FORBIDDEN');
  return phone;
}
