import { z } from 'zod';
import type { Authenticator } from '../authenticator.js';
import { requestSignIn, signInByPassword, type ProtectedSeat, type Seat } from '../cast.js';
import type { Client } from '../client.js';
import { answerChallenge, askForChallenge, enableDevice, startDevice } from '../devices.js';
import { done, enrollmentOwed, mfaEnabledForAnother, userWithMfa } from '../expectations.js';
import { auditEvents, requireSubUserMfa, startMfaEnrollment, users, viewer } from '../operations.js';
import type { Scene } from '../scene.js';
import type { SubUserIds } from './registering.js';

/** The id of the session, which stands at a stage. */
async function sessionAt(client: Client, stage: 'MFA_ENROLLMENT' | 'FULL', enabled: boolean): Promise<string> {
  const expected = z.object({
    stage: z.literal(stage),
    session: z.object({ id: z.string() }),
    user: userWithMfa({ enabled, required: true }),
  });
  const { session } = await client.ask(viewer, {}, expected);
  return session.id;
}

/** The primary protects itself. */
export async function enableForPrimary(scene: Scene, ada: Seat): Promise<ProtectedSeat> {
  scene.chapter('Different Accounts Enable Entry for MFA Verification');
  scene.section('1. Primary Account Enables MFA Verification');
  scene.step(
    'Enter the enabling page, after identity verification',
    'The password that Ada gave moments ago is the proof of identity, as this is her first device and she signed in less than 5 minutes ago; otherwise the answer would be a challenge, as it is below.',
  );
  const device = await startDevice(scene, ada.browser, { deviceName: "Ada's phone" });

  scene.step(
    'Enable it with a code',
    'The phone shows six digits; they prove that it has the seed. The session rises to aal2, two factors, and gets a new cookie.',
  );
  return { ...ada, phone: await enableDevice(ada.browser, device) };
}

/** The primary protects a sub-user, on its behalf; answers the sub-user's phone. */
export async function enableForSubUser(scene: Scene, ada: ProtectedSeat, userId: string): Promise<Authenticator> {
  const wanted = { userId, deviceName: "Bob's phone" };
  scene.section('2. Primary Account Enables MFA Verification for Sub-user');
  scene.step(
    "Enable MFA in a sub-user's details: the primary's own identity is verified first",
    'Ada opens the details of Bob and enables MFA for him. She has a device now, so the answer is a challenge for her, and a code of her phone verifies this one operation, with these arguments, in this session.',
  );
  const challengeId = await askForChallenge(ada.browser, startMfaEnrollment, wanted);
  await answerChallenge(ada.browser, challengeId, ada.phone);

  scene.step(
    "Associate the sub-user's phone, on its behalf",
    'The same request again, with the challenge that was answered. Bob scans the QR code on the screen of Ada and reads the code to her. From his next sign-in on he is asked for one.',
  );
  const device = await startDevice(scene, ada.browser, { ...wanted, challengeId });
  return enableDevice(ada.browser, device, mfaEnabledForAnother);
}

/** The primary asks a sub-user to protect itself, which cannot do anything else until it has. */
export async function requireOfSubUser(scene: Scene, ada: Seat, dave: Seat, ids: SubUserIds): Promise<void> {
  const userId = ids.dave;
  scene.step(
    'MFA Verification Must be Enabled',
    'Ada asks Dave and Erin to enable MFA on their own: from their next sign-in on.',
  );
  const user = userWithMfa({ enabled: false, required: true, requiredFrom: 'NEXT_SIGN_IN' });
  await ada.browser.ask(requireSubUserMfa, { userId }, done({ user }));
  await ada.browser.ask(requireSubUserMfa, { userId: ids.erin }, done({ user }));

  scene.step(
    'The next sign-in of the sub-user leads to the enabling page',
    'Dave gives the right password, but his session has to enable a device first. Nothing else works.',
  );
  await requestSignIn(dave.browser, dave.person, enrollmentOwed);
  await dave.browser.askInVain(users, {}, 'MFA_ENROLLMENT_REQUIRED');
  await dave.browser.askInVain(requireSubUserMfa, { userId }, 'MFA_ENROLLMENT_REQUIRED');
  const before = await sessionAt(dave.browser, 'MFA_ENROLLMENT', false);

  scene.step('It enables MFA, and the same session is full');
  await enableDevice(dave.browser, await startDevice(scene, dave.browser, { deviceName: "Dave's phone" }));
  const sameSession = z.object({ session: z.object({ id: z.literal(before) }) });
  await sessionAt(dave.browser, 'FULL', true);
  await dave.browser.fetch(viewer, {}, sameSession);
  scene.tell('What his role does not allow is refused as for every member; the audit trail is not for him:');
  await dave.browser.askInVain(auditEvents, {}, 'FORBIDDEN');
}

/** A sub-user finds the entry for protecting itself. */
export async function enterOnItsOwn(scene: Scene, carol: Seat): Promise<void> {
  scene.section('3. Sub-user Enables MFA Verification on Its Own');
  scene.step(
    'Sign in, and see that MFA is not enabled',
    "Carol signs in by the account's alias and her user name. Nobody requires MFA of her; the overview page and the menu both offer it, and both lead to the enabling process.",
  );
  await signInByPassword(carol.browser, carol.person);
  const unprotected = z.object({ stage: z.literal('FULL'), user: userWithMfa({ enabled: false, required: false }) });
  await carol.browser.ask(viewer, {}, unprotected);
}
