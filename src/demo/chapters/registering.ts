import { z } from 'zod';
import { signInByPassword, type Cast, type Person, type Seat } from '../cast.js';
import type { Client } from '../client.js';
import { done, refused } from '../expectations.js';
import { createSubUser, registerAccount, signIn, viewer } from '../operations.js';
import type { Scene } from '../scene.js';

/** The ids of the sub-users that the primary has to name. */
export interface SubUserIds {
  readonly bob: string;
  readonly dave: string;
  readonly erin: string;
}

async function create(
  primary: Client,
  { username, password }: Person,
  role: 'MEMBER' | 'AUDITOR' = 'MEMBER',
): Promise<string> {
  const expected = z.object({
    id: z.string(),
    kind: z.literal('SUB_USER'),
    role: z.literal(role),
    username: z.literal(username),
    mfa: z.object({ enabled: z.literal(false), required: z.literal(false) }),
  });
  const { user } = await primary.ask(createSubUser, { username, password, role }, done({ user: expected }));
  return user.id;
}

/** Ada registers her account, mistypes her password, and signs in. */
async function register(scene: Scene, { browser, person }: Seat, alias: string): Promise<void> {
  scene.step(
    'Register a primary account',
    'Ada opens an account. Its alias is what her sub-users will sign in by; she signs in by her e-mail address.',
  );
  const { username, password } = person;
  const account = z.object({ alias: z.literal(alias) });
  await browser.ask(registerAccount, { alias, email: username, password }, done({ account }));
  scene.tell('Registering does not sign in:');
  await browser.ask(viewer, {}, z.null());

  scene.step(
    'A wrong password',
    'Ada mistypes her password. The answer would be the same if nobody had that name: it tells a stranger nothing.',
  );
  await browser.ask(signIn, { username, password: `${password}!` }, refused('SIGN_IN_FAILED', {}));

  scene.step(
    'Sign in',
    'There is no MFA device yet, so the password is enough. The browser gets its session as a cookie.',
  );
  await signInByPassword(browser, person);
}

/** Before the document begins: an account, and who is in it. */
export async function openAccount(scene: Scene, ada: Seat, cast: Cast): Promise<SubUserIds> {
  scene.chapter('Before: an Account and Its Sub-users');
  await register(scene, ada, cast.alias);

  scene.step(
    'Create sub-users',
    'A MEMBER looks after its own security and nothing else; an AUDITOR reads the account.',
  );
  const bob = await create(ada.browser, cast.bob);
  const dave = await create(ada.browser, cast.dave);
  const erin = await create(ada.browser, cast.erin);
  await create(ada.browser, cast.carol, 'AUDITOR');
  return { bob, dave, erin };
}
