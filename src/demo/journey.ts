import { createCast, type Cast, type Seat } from './cast.js';
import { readTheAccount } from './chapters/auditing.js';
import { associateAgain, disable, oldCodesAreDead, replace } from './chapters/disabling.js';
import { obtainAndEnterCode, settingSucceeded } from './chapters/enabling.js';
import { protectOperations } from './chapters/protecting.js';
import { proveTheTrail } from './chapters/proving.js';
import { enableForPrimary, enableForSubUser, enterOnItsOwn, requireOfSubUser } from './chapters/entries.js';
import { openAccount } from './chapters/registering.js';
import { createScene, type Scene, type Stage } from './scene.js';

function seatsOf(
  scene: Scene,
  { ada, bob, carol, dave }: Cast,
): Readonly<Record<'ada' | 'bob' | 'carol' | 'dave', Seat>> {
  return {
    ada: { person: ada, browser: scene.browser("Ada's browser") },
    bob: { person: bob, browser: scene.browser("Bob's browser") },
    carol: { person: carol, browser: scene.browser("Carol's browser") },
    dave: { person: dave, browser: scene.browser("Dave's browser") },
  };
}

/**
 * Plays the journey through the document, heading by heading, and answers the number of its steps. Codes of different phones
 * are independent: it waits for the next ones six times, and everybody who needs one has it then.
 * @throws {DemoError} at the first answer that is not the expected one
 */
export async function playJourney(stage: Stage): Promise<number> {
  const scene = createScene(stage);
  const cast = createCast();
  const seats = seatsOf(scene, cast);

  const ids = await openAccount(scene, seats.ada, cast);
  const ada = await enableForPrimary(scene, seats.ada);
  const bob = { ...seats.bob, phone: await enableForSubUser(scene, ada, ids.bob) };
  await requireOfSubUser(scene, ada, seats.dave, ids);
  await enterOnItsOwn(scene, seats.carol);
  const carol = await obtainAndEnterCode(scene, seats.carol);
  await settingSucceeded(scene, carol, bob);
  await disable(scene, bob, ada);
  const bobAgain = await associateAgain(scene, bob);
  const adaAgain = await replace(scene, ada);
  await oldCodesAreDead(scene, [bobAgain, adaAgain]);
  const script = await readTheAccount(scene, carol);
  await proveTheTrail(scene, { script, ada: adaAgain, erin: ids.erin });
  await protectOperations(scene, { ada: adaAgain, bob: ids.bob });
  return scene.steps();
}
