import * as z from 'zod';
import type { Authenticator } from './authenticator.js';
import type { Client } from './client.js';
import { done, enrollmentStarted, mfaEnabled, verificationRequired } from './expectations.js';
import { enableMfa, startMfaEnrollment, verifyOperation, type Operation } from './operations.js';
import type { Scene } from './scene.js';

/** A device that is being set up: the id of the set-up, and the phone that has scanned it. */
export interface PendingDevice {
  readonly enrollmentId: string;
  readonly phone: Authenticator;
}

/** What device is set up: whose, where it is not one's own, and the challenge that was answered for it, if one was. */
export interface WantedDevice {
  readonly userId?: string;
  readonly deviceName: string;
  readonly challengeId?: string;
}

/** Starts setting up a device, and scans what is shown. */
export async function startDevice(scene: Scene, client: Client, wanted: WantedDevice): Promise<PendingDevice> {
  const { enrollment } = await client.ask(startMfaEnrollment, wanted, enrollmentStarted);
  return { enrollmentId: enrollment.id, phone: scene.scan(enrollment.otpauthUri) };
}

/** Proves a device by a code of it. */
export async function enableDevice(
  client: Client,
  { enrollmentId, phone }: PendingDevice,
  expected: z.ZodType = mfaEnabled,
): Promise<Authenticator> {
  await client.ask(enableMfa, { enrollmentId, code: await phone.freshCode() }, expected);
  return phone;
}

/** Asks for something that is guarded, and answers the id of the challenge that comes first. */
export async function askForChallenge(client: Client, operation: Operation, input: object): Promise<string> {
  const { userErrors } = await client.ask(operation, input, verificationRequired);
  return userErrors[0].challenge.id;
}

/** Answers the challenge of an operation with a code that was not used yet. */
export async function answerChallenge(client: Client, challengeId: string, phone: Authenticator): Promise<void> {
  const challenge = z.object({ id: z.literal(challengeId) });
  await client.ask(verifyOperation, { challengeId, code: await phone.freshCode() }, done({ challenge }));
}
