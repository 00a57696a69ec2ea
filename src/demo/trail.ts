import type { z } from 'zod';
import type { Client } from './client.js';
import { DemoError } from './demo-error.js';
import { trailPage, type TrailEvent } from './expectations.js';
import { auditEvents } from './operations.js';
import type { Scene } from './scene.js';

/** How often, and after which pause, it is looked whether a seed is gone. */
const LOOKS = 100;
const PAUSE = 100;

/** The whole trail, oldest first. */
export async function readTrail(client: Client): Promise<TrailEvent[]> {
  const events: TrailEvent[] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo }: z.infer<typeof trailPage> = await client.fetch(
      auditEvents,
      { first: 100, after },
      trailPage,
    );
    events.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return events.reverse();
}

/** Waits until the trail says that the seed of a user's old device is destroyed, which is soon after the device is gone. */
export async function showSeedDestroyed(scene: Scene, client: Client, username: string): Promise<void> {
  const destroyed = { filter: { types: ['MfaSecretDestroyed'] }, first: 1 };
  const gone = trailPage.refine(({ nodes }) => nodes[0]?.subject?.name === username, {
    error: `the newest seed that was destroyed must be of ${username}`,
  });
  for (let look = 0; look < LOOKS; look += 1) {
    const page = await client.fetch(auditEvents, destroyed, trailPage);
    if (gone.safeParse(page).success) {
      await client.ask(auditEvents, destroyed, gone);
      return;
    }
    await scene.pause(PAUSE);
  }
  throw new DemoError(
    `The seed of the device of ${username} was not destroyed within ${(LOOKS * PAUSE) / 1000} s of its end.`,
  );
}
