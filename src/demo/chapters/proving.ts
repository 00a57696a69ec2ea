import { z } from 'zod';
import { parseVerifierKey } from '../../audit/notes/keys.js';
import { verifyTrail } from '../../audit/verification/verify-trail.js';
import type { FindingCode, Verification } from '../../audit/verification/finding.js';
import type { ProtectedSeat } from '../cast.js';
import type { Client } from '../client.js';
import { DemoError } from '../demo-error.js';
import { answerChallenge, askForChallenge } from '../devices.js';
import { done } from '../expectations.js';
import { checkpoint, createAuditToken, deleteSubUser, eraseUser, exposures, mfaStateAt } from '../operations.js';
import type { Scene } from '../scene.js';

/** Who takes part: the auditor's script, the primary, and the sub-user who is forgotten. */
export interface Proving {
  readonly script: Client;
  readonly ada: ProtectedSeat;
  readonly erin: string;
}

/** What an auditor keeps: a checkpoint, and the keys that verify it. */
interface Kept {
  readonly note: string;
  readonly keys: string;
}

const LONG_AGO = '2000-01-01T00:00:00.000Z';

/** The intervals without MFA, and a moment at which nothing was there yet. */
async function lookBack(scene: Scene, { script, erin }: Proving): Promise<void> {
  scene.step(
    'The auditor looks back',
    'Who had to have MFA and had none, since when, and who brought it about? Erin still has none. And what was true of her at a moment of the past?',
  );
  const open = z.object({ user: z.object({ name: z.literal('erin') }), ending: z.null() });
  await script.ask(exposures, {}, z.object({ nodes: z.tuple([open], z.unknown()) }));
  await script.ask(mfaStateAt, { userId: erin, at: LONG_AGO }, z.object({ existence: z.literal('NOT_YET') }));
}

async function keepCheckpoint(scene: Scene, { script }: Proving): Promise<Kept> {
  scene.step(
    'The auditor keeps a checkpoint, and the verifier key',
    'It says, signed, over which records the trail stands now. From here on nobody can change one of them, drop one or put one in without being found out, whoever runs the service included.',
  );
  const keys = await script.download('/audit/keys');
  const { note } = await script.ask(checkpoint, {}, z.object({ note: z.string(), size: z.int().min(1) }));
  return { note, keys };
}

async function verify(file: string, { note, keys }: Kept): Promise<{ found: FindingCode[]; verified: Verification }> {
  const found: FindingCode[] = [];
  const evidence = {
    lines: file.trimEnd().split('\n'),
    checkpoints: [note],
    keys: keys.trimEnd().split('\n').map(parseVerifierKey),
  };
  const verified = await verifyTrail(evidence, { onFinding: ({ code }) => found.push(code) });
  return { found, verified };
}

/** Verifies an export, of which nothing but this may come. */
async function expectSound(scene: Scene, file: string, kept: Kept): Promise<void> {
  const { verified } = await verify(file, kept);
  const { verdict, records, proven } = verified;
  if (verdict !== 'sound') throw new DemoError(`The export must be sound; it is ${verdict}.`);
  scene.tell(`Sound: ${records} records, proven up to the ${proven.kept ?? 0} that the checkpoint was signed over.`);
}

async function exportAndVerify(scene: Scene, { script }: Proving, kept: Kept): Promise<void> {
  scene.step(
    'An export verifies by itself',
    'All that it takes is the file, the old checkpoint and the key; `virtual-mfa audit verify` does the same from the command line.',
  );
  const file = await script.download('/audit/export');
  await expectSound(scene, file, kept);

  scene.step('Somebody changes one record, in a copy');
  const { found } = await verify(file.replace('"type":"PasswordRejected"', '"type":"PasswordAccepted"'), kept);
  if (found.length !== 1 || found[0] !== 'HASH_MISMATCH')
    throw new DemoError(`The change must be found, and nothing else; found: ${found.join(', ')}.`);
  scene.tell('Tampered: HASH_MISMATCH, with the place of the record.');
}

async function handOver(scene: Scene, { ada, script }: Proving): Promise<void> {
  scene.step(
    'A token for the SIEM',
    'Only the primary makes one, after a verification. It reads the trail and nothing else, expires, can be revoked, and is shown once.',
  );
  const wanted = { name: 'SIEM', scopes: ['READ', 'EXPORT'] };
  await script.askInVain(createAuditToken, wanted, 'FORBIDDEN');
  const challengeId = await askForChallenge(ada.browser, createAuditToken, wanted);
  await answerChallenge(ada.browser, challengeId, ada.phone);
  await ada.browser.ask(createAuditToken, { ...wanted, challengeId }, done({ token: z.string().startsWith('vat_') }));
}

async function forget(scene: Scene, { ada, script, erin }: Proving, kept: Kept): Promise<void> {
  scene.step(
    'Erin leaves, and is forgotten',
    'The key of her personal values is destroyed. Her name is in no answer and no export any more; every record stays, and so does every proof.',
  );
  await ada.browser.ask(deleteSubUser, { userId: erin }, done({ deletedUserId: z.literal(erin) }));
  await ada.browser.ask(eraseUser, { userId: erin }, done({ erasedUserId: z.literal(erin) }));
  const file = await script.download('/audit/export');
  if (file.includes('"username":"erin"')) throw new DemoError('The export must not have the name of who was erased.');
  await expectSound(scene, file, kept);
}

/** The auditor keeps a checkpoint, and proves by it that nothing was changed; somebody is forgotten, and it still holds. */
export async function proveTheTrail(scene: Scene, proving: Proving): Promise<void> {
  scene.chapter('After: an Audit Trail That Needs No Trust');
  await lookBack(scene, proving);
  const kept = await keepCheckpoint(scene, proving);
  await exportAndVerify(scene, proving, kept);
  await handOver(scene, proving);
  await forget(scene, proving, kept);
}
