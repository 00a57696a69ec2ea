import { z } from 'zod';
import type { Authenticator } from '../authenticator.js';
import type { Client } from '../client.js';
import { done, enrollmentStarted, mfaEnabled, refused } from '../expectations.js';
import { enableMfa, startMfaEnrollment, verifyOperation } from '../operations.js';
import type { Scene } from '../scene.js';

/** A device that is being set up: the id of the set-up, and the phone that has scanned it. */
interface PendingDevice {
  readonly enrollmentId: string;
  readonly phone: Authenticator;
}

/** Starts setting up a device; `verified` names the challenge that was answered for it, if one was. */
async function startEnrollment(
  scene: Scene,
  client: Client,
  deviceName: string,
  verified: { readonly challengeId?: string } = {},
): Promise<PendingDevice> {
  const { enrollment } = await client.ask(startMfaEnrollment, { deviceName, ...verified }, enrollmentStarted);
  return { enrollmentId: enrollment.id, phone: scene.scan(enrollment.otpauthUri) };
}

async function enable(client: Client, { enrollmentId, phone }: PendingDevice): Promise<Authenticator> {
  await client.ask(enableMfa, { enrollmentId, code: await phone.freshCode() }, mfaEnabled);
  return phone;
}

/** Somebody who has just signed in sets up a first device. */
export async function enableFirstDevice(scene: Scene, client: Client, deviceName: string): Promise<Authenticator> {
  return enable(client, await startEnrollment(scene, client, deviceName));
}

/** Ada sets up her first device, in two steps. */
export async function enableMfaOfAda(scene: Scene, browser: Client): Promise<Authenticator> {
  scene.step(
    'Start setting up virtual MFA',
    'This needs a proof of identity. The password that Ada gave moments ago serves, as this is her first device and she signed in less than 5 minutes ago; otherwise the answer would be a challenge, as it is further down for her second one.',
  );
  const device = await startEnrollment(scene, browser, "Ada's phone");
  scene.tell(
    'The seed is shown this once: as a QR code for scanning, as a link (the key URI) and as text. The demo makes all codes from the key URI, as an authenticator does that scans the QR code.',
  );

  scene.step(
    'Enable it with a code',
    'The phone shows six digits; they prove that it has the seed. The session rises to aal2, two factors, and gets a new cookie. The answer recommends what to do next.',
  );
  return enable(browser, device);
}

const verificationRequired = refused('VERIFICATION_REQUIRED', {
  __typename: z.literal('VerificationRequiredError'),
  challenge: z.object({ id: z.string(), methods: z.tuple([z.literal('VIRTUAL_MFA')]) }),
});

/** Ada replaces her phone: she proves her identity with the old one, and the new one by its own code. */
export async function replaceDeviceOfAda(
  scene: Scene,
  browser: Client,
  oldPhone: Authenticator,
): Promise<Authenticator> {
  const deviceName = "Ada's new phone";
  scene.step(
    'Set up a replacement: the identity is verified first',
    'Ada has a new phone. She has a device now, so the password does not serve any more: the answer is a challenge.',
  );
  const { userErrors } = await browser.ask(startMfaEnrollment, { deviceName }, verificationRequired);
  const challengeId = userErrors[0].challenge.id;

  scene.step(
    'Answer the challenge',
    'A code of the old phone verifies this one operation, with these arguments, in this session.',
  );
  const code = await oldPhone.freshCode();
  await browser.ask(
    verifyOperation,
    { challengeId, code },
    done({ challenge: z.object({ id: z.literal(challengeId) }) }),
  );

  scene.step(
    'Prove the new phone',
    'The same request again, with the challenge that was answered, and then a code of the new phone. The old one works until that moment and never after it: there is no gap without protection.',
  );
  return enable(browser, await startEnrollment(scene, browser, deviceName, { challengeId }));
}
