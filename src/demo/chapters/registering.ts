import { z } from 'zod';
import { signInByPassword, type Cast } from '../cast.js';
import type { Client } from '../client.js';
import { done, refused } from '../expectations.js';
import { registerAccount, signIn, viewer } from '../operations.js';
import type { Scene } from '../scene.js';

/** Ada registers her account, mistypes her password, and signs in. */
export async function register(scene: Scene, browser: Client, { alias, ada }: Cast): Promise<void> {
  scene.step(
    'Register a primary account',
    'Ada opens an account. Its alias is what her sub-users will sign in by; she signs in by her e-mail address.',
  );
  const account = z.object({ alias: z.literal(alias) });
  await browser.ask(registerAccount, { alias, email: ada.username, password: ada.password }, done({ account }));
  scene.tell('Registering does not sign in:');
  await browser.ask(viewer, {}, z.null());

  scene.step(
    'A wrong password',
    'Ada mistypes her password. The answer would be the same if nobody had that name: it tells a stranger nothing.',
  );
  const mistyped = { username: ada.username, password: `${ada.password}!` };
  await browser.ask(signIn, mistyped, refused('SIGN_IN_FAILED', {}));

  scene.step(
    'Sign in',
    'There is no MFA device yet, so the password is enough. The browser gets its session as a cookie.',
  );
  await signInByPassword(browser, ada);
}
