import { answerWithFreshCode, beginSignIn, leave, type ProtectedSeat, type Seat } from '../cast.js';
import { enableDevice, startDevice } from '../devices.js';
import { wrongCode } from '../expectations.js';
import { answerMfaChallenge, enableMfa, users } from '../operations.js';
import type { Scene } from '../scene.js';

/** Wrong codes that a set-up takes. */
const ENROLLMENT_ATTEMPTS = 10;

/** Somebody enables a first device: the process that every entry leads to. */
export async function obtainAndEnterCode(scene: Scene, carol: Seat): Promise<ProtectedSeat> {
  scene.chapter('MFA Verification Enabling Process');
  scene.section('Step 1: Obtain and enter the MFA verification code');
  scene.step(
    '(1) Obtain MFA verification code',
    'Carol scans the QR code. The seed is shown this once: as a QR code for scanning, as a link (the key URI) and as text. The demo makes all codes from the key URI, as an authenticator does that scans the QR code.',
  );
  const device = await startDevice(scene, carol.browser, { deviceName: "Carol's phone" });

  scene.step(
    '(2) Enter the MFA verification code',
    'Her phone shows a new code every 30 seconds. The first one she mistypes, which enables nothing; the second one is right.',
  );
  const { enrollmentId, phone } = device;
  const mistyped = { enrollmentId, code: phone.mistypedCode() };
  await carol.browser.ask(enableMfa, mistyped, wrongCode(ENROLLMENT_ATTEMPTS - 1));
  return { ...carol, phone: await enableDevice(carol.browser, device) };
}

/** Who has a device is asked for its codes at the next sign-in; somebody who saw one cannot use it. */
export async function settingSucceeded(scene: Scene, carol: ProtectedSeat, bob: ProtectedSeat): Promise<void> {
  const { browser, person, phone } = carol;
  scene.section('Step 2: Setting Succeeded');
  scene.step(
    'The next sign-in: the password is not enough',
    'The answer above recommends going on with the protection of sensitive operations and with recovery codes. Carol signs out and in again: the password begins a challenge, and until that is answered nothing else works.',
  );
  await leave(browser);
  await beginSignIn(browser, person);
  await browser.askInVain(users, {}, 'MFA_CHALLENGE_REQUIRED');

  scene.step('A wrong code', 'Five wrong ones would end this challenge, ten in a row lock MFA for a while.');
  await browser.ask(answerMfaChallenge, { code: phone.mistypedCode() }, wrongCode(4));

  scene.step('The right code', 'The code that enabled the device is burnt, so Carol types the next one.');
  const code = await answerWithFreshCode(browser, phone);

  scene.step(
    'A code works once',
    'Somebody has seen Carol type, knows her password too, and gives the same code from elsewhere, at once. It is refused like any wrong code; the trail calls it a replay.',
  );
  const stranger = scene.script('A stranger');
  await beginSignIn(stranger, person);
  await stranger.ask(answerMfaChallenge, { code }, wrongCode(4));

  scene.step('The same for the sub-user whose MFA the primary enabled', 'Bob signs in, and is asked for a code too.');
  await beginSignIn(bob.browser, bob.person);
  await answerWithFreshCode(bob.browser, bob.phone);
}
