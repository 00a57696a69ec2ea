import { answerWithFreshCode, beginSignIn, leave, signInByPassword, type ProtectedSeat, type Seat } from '../cast.js';
import type { Authenticator } from '../authenticator.js';
import { answerChallenge, askForChallenge, enableDevice, startDevice } from '../devices.js';
import { done, userWithMfa, wrongCode } from '../expectations.js';
import { answerMfaChallenge, disableMfa, startMfaEnrollment } from '../operations.js';
import type { Scene } from '../scene.js';
import { showSeedDestroyed } from '../trail.js';

/** Somebody whose phone was changed for a new one. */
export interface Changed extends ProtectedSeat {
  readonly oldPhone: Authenticator;
}

/** A sub-user disables its device; the primary sees that nothing is left of it. */
export async function disable(scene: Scene, bob: ProtectedSeat, ada: Seat): Promise<void> {
  scene.chapter('Disable virtual MFA equipment');
  scene.step(
    'Disable: the safety verification comes first',
    'Bob does not want to use his device any more. The answer is a challenge, and nothing has changed.',
  );
  const challengeId = await askForChallenge(bob.browser, disableMfa, {});

  scene.step(
    'The current code, and then Disable',
    'The phone shows the code that verifies it. The one that Bob signed in with is burnt, so it is the next.',
  );
  await answerChallenge(bob.browser, challengeId, bob.phone);
  await bob.browser.ask(disableMfa, { challengeId }, done({ user: userWithMfa({ enabled: false }) }));

  scene.step(
    'The seed is destroyed',
    'The codes of the device are dead with the answer. A moment later nobody can make them any more: Ada sees in the audit trail that the seed is gone.',
  );
  await showSeedDestroyed(scene, ada.browser, bob.person.username);
}

/** Who wants MFA again associates a new device, as if there had never been one. */
export async function associateAgain(scene: Scene, bob: ProtectedSeat): Promise<Changed> {
  const { browser, person } = bob;
  scene.step(
    'Restart it with new equipment',
    'At his next sign-in Bob is asked for no code: until he enables MFA again, his password is his only protection. He associates a new phone; whoever shares the account with him has to be told.',
  );
  await leave(browser);
  await signInByPassword(browser, person);
  const phone = await enableDevice(browser, await startDevice(scene, browser, { deviceName: "Bob's new phone" }));
  return { ...bob, phone, oldPhone: bob.phone };
}

/** The primary replaces its phone: it proves its identity with the old one, and the new one by a code of that. */
export async function replace(scene: Scene, ada: ProtectedSeat): Promise<Changed> {
  const { browser, phone: oldPhone } = ada;
  const deviceName = "Ada's new phone";
  scene.step(
    'The better way to change phones: replace, without a gap',
    'Ada has a new phone, too. Instead of disabling she sets it up beside the old one, after a code of that. The old one works until the new one is proven, and never after it.',
  );
  const challengeId = await askForChallenge(browser, startMfaEnrollment, { deviceName });
  await answerChallenge(browser, challengeId, oldPhone);
  const phone = await enableDevice(browser, await startDevice(scene, browser, { deviceName, challengeId }));
  scene.tell('The seed of the old one is destroyed as well:');
  await showSeedDestroyed(scene, browser, ada.person.username);
  return { ...ada, phone, oldPhone };
}

/** After a change of phones, however it was made, the codes of the old ones are refused. */
export async function oldCodesAreDead(scene: Scene, changed: readonly Changed[]): Promise<void> {
  scene.step(
    'Codes of the old equipment are dead',
    'Bob and Ada sign out and in. First each gives a new code of the old phone, then the one that the new phone shows.',
  );
  for (const { browser, person, phone, oldPhone } of changed) {
    await leave(browser);
    await beginSignIn(browser, person);
    await browser.ask(answerMfaChallenge, { code: await oldPhone.freshCode() }, wrongCode(4));
    await answerWithFreshCode(browser, phone);
  }
}
