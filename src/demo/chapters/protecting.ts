import { createHash } from 'node:crypto';
import { z } from 'zod';
import { beginSignIn, leave, type ProtectedSeat } from '../cast.js';
import type { Client } from '../client.js';
import { DemoError } from '../demo-error.js';
import { answerChallenge, askForChallenge, enableDevice, startDevice } from '../devices.js';
import { done, refused, signedIn, verificationRequired } from '../expectations.js';
import {
  answerMfaChallenge,
  assignRole,
  createServiceCredential,
  generateRecoveryCodes,
  redeemVerificationGrant,
  requestOperationVerification,
  setOperationProtection,
  startMfaEnrollment,
  verifyOperation,
  verifyServiceOperation,
} from '../operations.js';
import type { Scene } from '../scene.js';

/** Who takes part: the primary, and a sub-user by id. */
export interface Protecting {
  readonly ada: ProtectedSeat;
  readonly bob: string;
}

const CODES = 10;

/** The codes on a sheet of paper, taken off one after the other. */
type Sheet = () => string;

async function generate(scene: Scene, { browser }: ProtectedSeat): Promise<Sheet> {
  scene.step(
    'Recovery codes, for the day when the phone is lost',
    'Ada has just proven her phone, so the first codes are hers for the asking. They are shown this once, each works once, and the service keeps digests.',
  );
  const { recoveryCodes } = await browser.ask(
    generateRecoveryCodes,
    {},
    done({ recoveryCodes: z.array(z.string()).length(CODES) }),
  );
  const sheet = [...recoveryCodes];
  return () => {
    const code = sheet.shift();
    if (code === undefined) throw new DemoError('There are no recovery codes left.');
    return code;
  };
}

async function protect(scene: Scene, { ada, bob }: Protecting): Promise<void> {
  const { browser, phone } = ada;
  scene.step(
    'Operation protection: every sensitive operation is verified by itself',
    'Ada switches it on. From now on giving somebody a role takes a code, which serves for that role of that user, once.',
  );
  await browser.ask(setOperationProtection, { enabled: true }, done({}));
  const wanted = { userId: bob, role: 'AUDITOR' };
  const challengeId = await askForChallenge(browser, assignRole, wanted);
  await answerChallenge(browser, challengeId, phone);
  scene.tell('For another role it does not serve; for this one it does, and then no more.');
  await browser.ask(assignRole, { ...wanted, role: 'ADMIN', challengeId }, verificationRequired);
  await browser.ask(assignRole, { ...wanted, challengeId }, done({ user: z.object({ role: z.literal('AUDITOR') }) }));
  await browser.ask(assignRole, { ...wanted, role: 'MEMBER', challengeId }, verificationRequired);
}

/** The service for virtual machines, with a credential that Ada made for it. */
async function hireService(scene: Scene, { browser }: ProtectedSeat, nextCode: Sheet): Promise<Client> {
  scene.step(
    'A credential for the service of virtual machines',
    'It can redeem what was granted to it, and nothing else. Ada verifies it by a recovery code, since her phone has no new code yet.',
  );
  const wanted = { name: 'Virtual machines', service: 'vm' };
  const challengeId = await askForChallenge(browser, createServiceCredential, wanted);
  await browser.ask(verifyOperation, { challengeId, recoveryCode: nextCode() }, done({}));
  const made = done({ credential: z.string().startsWith('vsc_') });
  const { credential } = await browser.ask(createServiceCredential, { ...wanted, challengeId }, made);
  return scene.script('The service vm', credential);
}

async function grant(scene: Scene, { browser }: ProtectedSeat, service: Client, nextCode: Sheet): Promise<void> {
  scene.step(
    'Another service has its own sensitive operation verified',
    'Ada deletes a virtual machine. The console asks for a verification of exactly that; the answer is a signed grant, which the service checks by the published keys, and redeems once.',
  );
  const argumentsDigest = createHash('sha256').update('{"instanceId":"i-123"}').digest('base64url');
  const wanted = { service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest };
  const asked = done({ challenge: z.object({ id: z.string() }) });
  const { challenge } = await browser.ask(requestOperationVerification, wanted, asked);
  const verified = done({ grant: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  const answer = { challengeId: challenge.id, recoveryCode: nextCode() };
  const { grant: granted } = await browser.ask(verifyServiceOperation, answer, verified);
  const redemption = z.object({ operation: z.literal('vm:DeleteInstance'), resource: z.literal('i-123') });
  await service.ask(redeemVerificationGrant, { grant: granted }, done({ redemption }));
  await service.ask(redeemVerificationGrant, { grant: granted }, refused('GRANT_ALREADY_REDEEMED', {}));
}

async function recover(scene: Scene, { browser, person }: ProtectedSeat, nextCode: Sheet): Promise<void> {
  scene.step(
    'The phone is lost',
    'A recovery code lets Ada in, and another one verifies that she sets up a new phone. The lost one is dead as soon as the new one is proven.',
  );
  await leave(browser);
  await beginSignIn(browser, person);
  await browser.ask(answerMfaChallenge, { recoveryCode: nextCode() }, signedIn('aal2'));
  const deviceName = 'The phone after the lost one';
  const challengeId = await askForChallenge(browser, startMfaEnrollment, { deviceName });
  await browser.ask(verifyOperation, { challengeId, recoveryCode: nextCode() }, done({}));
  await enableDevice(browser, await startDevice(scene, browser, { deviceName, challengeId }));
}

/** Sensitive operations are protected, here and at another service; and a lost phone locks nobody out. */
export async function protectOperations(scene: Scene, { ada, bob }: Protecting): Promise<void> {
  scene.chapter('After: Sensitive Operations, and a Lost Phone');
  const nextCode = await generate(scene, ada);
  await protect(scene, { ada, bob });
  const service = await hireService(scene, ada, nextCode);
  await grant(scene, ada, service, nextCode);
  await recover(scene, ada, nextCode);
}
