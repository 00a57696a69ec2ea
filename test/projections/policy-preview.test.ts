import { afterEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authenticate } from '../../src/application/authenticate.js';
import { setAccountPolicy } from '../../src/application/set-account-policy.js';
import { DEFAULT_POLICY, type AccountPolicy } from '../../src/domain/account/policy.js';
import { after, DAY, MINUTE } from '../../src/domain/instant.js';
import { previewPolicy, type PolicyPreview } from '../../src/projections/policy-preview/policy-preview.js';
import type { Tally } from '../../src/projections/policy-preview/tally.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { createReadModels, projections } from '../../src/projections/read-models.js';
import { startProjections } from '../../src/projections/runner.js';
import { openWorld, PRIMARY, requestContext, send, tokenOf, valueOf, type World } from '../support/world.js';

const DEADLINE = 20_000;

const worlds: World[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function newWorld(): Promise<World> {
  const world = await openWorld();
  worlds.push(world);
  return world;
}

/** Somebody signs in so many minutes after the one before, and then uses the session after each of these minutes. */
interface Visit {
  readonly by: 'primary' | 'sub-user';
  readonly pause: number;
  readonly uses: readonly number[];
}

/** Use is recorded at most every 5 minutes, and what is not recorded cannot be told afterwards. */
const visits = fc.array(
  fc.record<Visit>({
    by: fc.constantFrom('primary', 'sub-user'),
    pause: fc.integer({ min: 0, max: 20 }),
    uses: fc.array(fc.integer({ min: 5, max: 45 }), { maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 5 },
);

const limits = fc
  .tuple(fc.integer({ min: 15, max: 45 }), fc.integer({ min: 0, max: 90 }))
  .map(([idleMinutes, more]) => ({ idleMinutes, absoluteMinutes: idleMinutes + more }));

const LENIENT = { idleMinutes: 720, absoluteMinutes: 720 };

async function setPolicy({ app, primary }: World, changes: Partial<AccountPolicy>): Promise<void> {
  valueOf(
    await send(app, primary, (ports, request, current) =>
      setAccountPolicy(ports, request, current, { changes, challengeId: null }),
    ),
  );
}

/** Whether a token opens a session now; that it was tried is noted, as with any request. */
async function isOpen({ app }: World, token: string): Promise<boolean> {
  return (await authenticate(app, requestContext(), token)).current !== null;
}

interface Played {
  /** Whose sessions were refused at one of their uses. */
  readonly refused: readonly string[];
  readonly tokens: readonly (readonly [userId: string, token: string])[];
}

/** Plays visits one moment after another: however they overlap, all happens in the order of time. */
async function play(world: World, story: readonly Visit[]): Promise<Played> {
  const { app, clock, user, userId } = world;
  let begin = 0;
  const moments = story.flatMap(({ by, pause, uses }, visit) => {
    begin += pause;
    let at = begin;
    return [{ at, visit, by }, ...uses.map((minutes) => ({ at: (at += minutes), visit, by }))];
  });
  const tokens = new Map<number, string>();
  const refused = new Map<number, string>();
  const whose = (by: Visit['by']) => (by === 'primary' ? 'primary' : userId);
  let now = 0;
  for (const { at, visit, by } of moments.sort((one, other) => one.at - other.at)) {
    clock.advance((at - now) * MINUTE);
    now = at;
    const token = tokens.get(visit);
    if (token === undefined) tokens.set(visit, await tokenOf(app, by === 'primary' ? PRIMARY : user));
    else if (!(await isOpen(world, token))) refused.set(visit, whose(by));
  }
  return {
    refused: [...refused.values()],
    tokens: [...tokens].map(([visit, token]) => [whose(story[visit]?.by ?? 'primary'), token]),
  };
}

async function preview(world: World, policy: AccountPolicy): Promise<PolicyPreview> {
  const { app, store, clock, accountId } = world;
  const file = openReadModelFile(':memory:').connection;
  const runner = startProjections({
    ...{ database: file, store, log: app.log, projections },
    onHalt: () => undefined,
    onWait: () => undefined,
  });
  try {
    const head = await store.head();
    expect(await runner.reached(head, DEADLINE)).toBe(true);
    const now = clock.now();
    const previewed = await previewPolicy(
      createReadModels(file),
      { accountId, policy, now, since: after(now, -DAY) },
      async () => undefined,
    );
    expect(await store.head()).toBe(head);
    return previewed;
  } finally {
    await runner.stop();
    file.close();
  }
}

/** By user, so that two lists of whom it concerns compare. */
function countsOf(userIds: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const userId of userIds) counts[userId] = (counts[userId] ?? 0) + 1;
  return counts;
}

/** A tally as `countsOf` has it, with the primary by that word, as its id is not known. */
function told({ users }: Tally, { userId }: World): Readonly<Record<string, number>> {
  return countsOf(
    users.flatMap((one) => Array.from({ length: one.count }, () => (one.userId === userId ? userId : 'primary'))),
  );
}

it('A preview agrees with what happens where the policy is set: to open sessions at once, and to those of the days before', async () => {
  let [ended, cut] = [0, 0];
  await fc.assert(
    fc.asyncProperty(visits, limits, async (story, tried) => {
      const policy = { ...DEFAULT_POLICY, ...tried };
      const lenient = await newWorld();
      await setPolicy(lenient, LENIENT);
      const { tokens, refused } = await play(lenient, story);
      expect(refused).toEqual([]);
      const past = (await preview(lenient, policy)).pastSessionsCutShort;
      // Whoever asks and sets has a session in use.
      expect(await isOpen(lenient, lenient.primary)).toBe(true);
      const open = (await preview(lenient, policy)).openSessionsEnding;
      await setPolicy(lenient, tried);
      const gone: string[] = [];
      for (const [whose, token] of [...tokens, ['primary', lenient.primary] as const]) {
        if (!(await isOpen(lenient, token))) gone.push(whose);
      }
      expect(told(open, lenient)).toEqual(countsOf(gone));

      const strict = await newWorld();
      await setPolicy(strict, tried);
      const played = await play(strict, story);
      const whom = played.refused.map((whose) => (whose === strict.userId ? lenient.userId : whose));
      expect(told(past, lenient)).toEqual(countsOf(whom));
      ended += gone.length;
      cut += whom.length;
    }),
    { numRuns: 12, seed: 8 },
  );
  expect(ended).toBeGreaterThan(5);
  expect(cut).toBeGreaterThan(5);
}, 60_000);
