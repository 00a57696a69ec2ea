import type { Authenticator } from '../authenticator.js';
import { beginSignIn, type Cast } from '../cast.js';
import type { Client } from '../client.js';
import { done, signedIn, wrongCode } from '../expectations.js';
import { answerMfaChallenge, signOut, users } from '../operations.js';
import type { Scene } from '../scene.js';

async function answerWithFreshCode(client: Client, phone: Authenticator): Promise<string> {
  const code = await phone.freshCode();
  await client.ask(answerMfaChallenge, { code }, signedIn('aal2'));
  return code;
}

/** Ada signs in with her device; somebody who saw her code cannot. */
export async function signInWithDevice(
  scene: Scene,
  browser: Client,
  { ada }: Cast,
  phone: Authenticator,
): Promise<void> {
  scene.step('Sign out');
  await browser.ask(signOut, {}, done({}));

  scene.step(
    'Sign in again: the password is not enough',
    'From now on it begins a challenge, and until that is answered nothing else works.',
  );
  await beginSignIn(browser, ada);
  await browser.askInVain(users, {}, 'MFA_CHALLENGE_REQUIRED');

  scene.step(
    'A wrong code',
    'Ada mistypes the code. Five wrong ones would end this challenge, ten in a row lock MFA for a while.',
  );
  await browser.ask(answerMfaChallenge, { code: phone.mistypedCode() }, wrongCode(4));

  scene.step('The right code', 'The code that enabled the device is burnt, so Ada types the next one.');
  const code = await answerWithFreshCode(browser, phone);

  scene.step(
    'A code works once',
    'Somebody has seen Ada type, knows her password too, and gives the same code from elsewhere, at once. It is refused like any wrong code; the trail calls it a replay.',
  );
  const stranger = scene.script('A stranger');
  await beginSignIn(stranger, ada);
  await stranger.ask(answerMfaChallenge, { code }, wrongCode(4));
}

/** The next sign-in of everybody who has a device. */
export async function signInEverybody(
  scene: Scene,
  ada: { readonly browser: Client; readonly oldPhone: Authenticator; readonly phone: Authenticator },
  bob: { readonly browser: Client; readonly phone: Authenticator },
  cast: Cast,
): Promise<void> {
  scene.step(
    'Only the new phone opens the account',
    'Ada signs out and in again. First she gives a new code of the old phone, then the code that the new one shows.',
  );
  await ada.browser.ask(signOut, {}, done({}));
  await beginSignIn(ada.browser, cast.ada);
  await ada.browser.ask(answerMfaChallenge, { code: await ada.oldPhone.freshCode() }, wrongCode(4));
  await answerWithFreshCode(ada.browser, ada.phone);

  scene.step("The sub-user's sign-in asks for a code too");
  await bob.browser.ask(signOut, {}, done({}));
  await beginSignIn(bob.browser, cast.bob);
  await answerWithFreshCode(bob.browser, bob.phone);
}
