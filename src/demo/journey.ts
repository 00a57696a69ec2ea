import { createCast } from './cast.js';
import { readTheTrail } from './chapters/auditing.js';
import { enableMfaOfAda, replaceDeviceOfAda } from './chapters/enabling.js';
import { register } from './chapters/registering.js';
import { signInEverybody, signInWithDevice } from './chapters/signing-in.js';
import { createSubUsers, enableMfaOfBob } from './chapters/sub-users.js';
import { createScene, type Stage } from './scene.js';

/**
 * Plays the journey, chapter by chapter, and answers the number of its steps. The order keeps the waiting short: it waits
 * for the next code three times, and what needs no code comes in between.
 * @throws {DemoError} at the first answer that is not the expected one
 */
export async function playJourney(stage: Stage): Promise<number> {
  const scene = createScene(stage);
  const cast = createCast();
  const adas = scene.browser("Ada's browser");
  const bobs = scene.browser("Bob's browser");

  await register(scene, adas, cast);
  const oldPhone = await enableMfaOfAda(scene, adas);
  await signInWithDevice(scene, adas, cast, oldPhone);
  const phone = await replaceDeviceOfAda(scene, adas, oldPhone);
  await createSubUsers(scene, adas, cast);
  const bobsPhone = await enableMfaOfBob(scene, bobs, cast);
  await signInEverybody(scene, { browser: adas, oldPhone, phone }, { browser: bobs, phone: bobsPhone }, cast);
  await readTheTrail(scene, cast);
  return scene.steps();
}
