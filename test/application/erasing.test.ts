import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../src/application/application.js';
import { authenticate } from '../../src/application/authenticate.js';
import { endSession } from '../../src/application/end-session.js';
import { eraseUser } from '../../src/application/erase-user.js';
import { execute, load } from '../../src/application/execute.js';
import { deleteSubUser } from '../../src/application/manage-user.js';
import { renameUser } from '../../src/application/rename-user.js';
import { destroySecrets } from '../../src/application/process-managers/destroy-secrets.js';
import { startProcessManager } from '../../src/application/process-managers/process-manager.js';
import { sweepVault } from '../../src/application/process-managers/sweep.js';
import { bySelf } from '../../src/application/authorship.js';
import { HOUR } from '../../src/domain/instant.js';
import { userDecider } from '../../src/domain/user/decider.js';
import type { ActiveUser } from '../../src/domain/user/state.js';
import { PersonErasedError } from '../../src/eventstore/event-log.js';
import { VaultError } from '../../src/vault/vault.js';
import { eventually } from '../support/eventually.js';
import { interleave, seededRandom } from '../support/interleave.js';
import {
  creating,
  openWorld,
  PRIMARY,
  requestContext,
  send,
  sessionIdOf,
  tokenOf,
  trySignIn,
  valueOf,
  type Command,
  type World,
  unchallenged,
} from '../support/world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

interface Named {
  readonly userId: string;
}

function deleting(userId: string): Command<Named> {
  return async (app, request, current) =>
    unchallenged(await deleteSubUser(app, request, current, { userId, challengeId: null }));
}

function erasing(userId: string): Command<Named> {
  return async (app, request, current) =>
    unchallenged(await eraseUser(app, request, current, { userId, challengeId: null }));
}

async function deleteAndErase(app: Application, { primary, userId }: World = world): Promise<void> {
  valueOf(await send(app, primary, deleting(userId)));
  valueOf(await send(app, primary, erasing(userId)));
}

async function userOf(app: Application, userId = world.userId): Promise<ActiveUser> {
  const { state } = await load(app, userDecider, userId);
  if (state.status !== 'ACTIVE') throw new Error('the user is gone');
  return state;
}

function keyOf(personId: string) {
  return world.app.vault.get({ kind: 'person', id: personId });
}

/** What anybody can still read of who the sub-user was: in events, in what is remembered of streams, by any node. */
async function remembered(app: Application): Promise<string> {
  const { events } = await world.store.readAll({ after: 0n, limit: 10_000 });
  const opened = await app.log.decode(events);
  const own = opened.filter(({ data }) => 'userId' in data && data.userId === world.userId);
  const states = await load(app, userDecider, world.userId);
  return JSON.stringify([
    own.map(({ personal }) => personal),
    app.states.of(`user-${world.userId}`)?.state,
    states.state,
  ]);
}

/** A node whose vault does not destroy anything. */
function withoutDestruction(app: Application): Application {
  const vault: Application['vault'] = new Proxy(app.vault, {
    get(target, name) {
      if (name === 'destroy') return () => Promise.reject(new VaultError('UNAVAILABLE', 'the vault is away'));
      const method: unknown = Reflect.get(target, name);
      return typeof method === 'function' ? (method.bind(target) as unknown) : method;
    },
  });
  return { ...app, vault };
}

describe('Erasing a user', () => {
  it('destroys the key of its personal values before it is answered', async () => {
    const { personId } = await userOf(world.app);
    expect(await keyOf(personId)).not.toBeNull();
    expect(await remembered(world.app)).toContain('"sam"');
    await deleteAndErase(world.app);
    expect(await keyOf(personId)).toBeNull();
    expect(await remembered(world.app)).not.toContain('sam');
    const [erased] = (await world.events()).filter(({ type }) => type === 'UserErased');
    expect(erased?.data).toEqual({ accountId: world.accountId, userId: world.userId, personId });
  });

  it('leaves what others are called, and what they did, as it was', async () => {
    await deleteAndErase(world.app);
    const events = await world.events();
    expect(events.find(({ type }) => type === 'PrimaryAccountRegistered')?.personal).toEqual({ alias: 'acme' });
    expect(events.find(({ type }) => type === 'UserErased')?.request).not.toBeNull();
  });

  it('is for whoever is deleted', async () => {
    const { primary, userId } = world;
    expect((await send(world.app, primary, erasing(userId))).refusal).toBe('USER_NOT_DELETED');
    expect(await keyOf((await userOf(world.app)).personId)).not.toBeNull();
  });

  it('is done by the primary alone, and to nobody else’s users', async () => {
    const { app, primary, userId, user } = world;
    const own = await tokenOf(app, user);
    expect((await send(app, own, erasing(userId))).refusal).toBe('FORBIDDEN');
    const { current } = await authenticate(app, requestContext(), primary);
    if (current === null) throw new Error('the primary is signed in');
    expect((await send(app, primary, erasing(current.user.userId))).refusal).toBe('FORBIDDEN');
    expect((await send(app, primary, erasing('nobody'))).refusal).toBe('NOT_FOUND');
    const stranger = { ...current, user: { ...current.user, accountId: 'another' } };
    valueOf(await send(app, primary, deleting(userId)));
    const admin = { ...current, user: { ...current.user, kind: 'SUB_USER', role: 'ADMIN' } as const };
    expect(await eraseUser(app, requestContext(), admin, { userId, challengeId: null })).toEqual({
      ...{ ok: false, rejections: [{ code: 'FORBIDDEN' }] },
    });
    expect(await eraseUser(app, requestContext(), stranger, { userId, challengeId: null })).toEqual({
      ...{ ok: false, rejections: [{ code: 'NOT_FOUND' }] },
    });
  });

  it('is recorded once, however often and however many ask at once', async () => {
    const { app, primary, userId } = world;
    valueOf(await send(app, primary, deleting(userId)));
    const all = await Promise.all([app, app, world.another()].map((node) => send(node, primary, erasing(userId))));
    for (const reply of all) valueOf(reply);
    valueOf(await send(app, primary, erasing(userId)));
    expect((await world.events()).filter(({ type }) => type === 'UserErased')).toHaveLength(1);
  });

  it('leaves the name to be given to somebody else', async () => {
    await deleteAndErase(world.app);
    valueOf(await send(world.app, world.primary, creating));
    valueOf(await trySignIn(world.app, world.user));
  });
});

describe('Where the vault does not destroy the key with the answer,', () => {
  it('nobody opens what it sealed all the same, and the reaction destroys it', async () => {
    const { personId } = await userOf(world.app);
    await deleteAndErase(withoutDestruction(world.app));
    expect(await keyOf(personId)).not.toBeNull();
    expect(await remembered(world.app)).not.toContain('sam');
    const reacting = startProcessManager({
      ...{ app: world.app, store: world.store, manager: destroySecrets },
      onFailure: (_manager, error) => {
        throw error;
      },
    });
    await eventually(async () => expect(await keyOf(personId)).toBeNull());
    await reacting.stop();
  });

  it('asking again destroys it', async () => {
    const { personId } = await userOf(world.app);
    await deleteAndErase(withoutDestruction(world.app));
    valueOf(await send(world.app, world.primary, erasing(world.userId)));
    expect(await keyOf(personId)).toBeNull();
  });

  it('so does the sweep, which leaves the key of whoever is deleted and no more', async () => {
    const { personId } = await userOf(world.app);
    const { primary, userId, clock, app } = world;
    valueOf(await send(app, primary, deleting(userId)));
    clock.advance(2 * HOUR);
    await sweepVault(app);
    expect(await keyOf(personId)).not.toBeNull();
    const again = await tokenOf(app, PRIMARY);
    valueOf(await send(withoutDestruction(app), again, erasing(userId)));
    await sweepVault(app);
    expect(await keyOf(personId)).toBeNull();
  });
});

describe('The node that erased somebody', () => {
  it('opens nothing of that person from the answer on, though it has had the key in memory', async () => {
    const { events } = await world.store.readAll({ after: 0n, limit: 10_000 });
    const created = events.filter(({ stream }) => stream === `user-${world.userId}`).slice(0, 1);
    const names = async () => JSON.stringify((await world.app.log.decode(created)).map(({ personal }) => personal));
    expect(await names()).toContain('sam');
    await deleteAndErase(withoutDestruction(world.app));
    expect(await names()).toBe('[null]');
    expect(JSON.stringify(world.app.states.of(`user-${world.userId}`) ?? null, ['username'])).not.toContain('sam');
  });
});

describe('Another node', () => {
  it('has the key in memory until it reads of the erasure, and then never again', async () => {
    const other = world.another();
    expect(await remembered(other)).toContain('"sam"');
    // The key is in the vault still: that it is gone is not what keeps it from being used.
    await deleteAndErase(withoutDestruction(world.app));
    expect(await remembered(other)).not.toContain('sam');
    const { events } = await world.store.readAll({ after: 0n, limit: 10_000 });
    const created = events.filter(({ stream }) => stream === `user-${world.userId}`).slice(0, 1);
    expect((await other.log.decode(created)).map(({ personal }) => personal)).toEqual([null]);
  });

  it('that reads the whole log anew opens nothing of what stood before the erasure', async () => {
    await deleteAndErase(withoutDestruction(world.app));
    expect(await remembered(world.another())).not.toContain('sam');
  });
});

describe('A command that comes too late for whoever was erased', () => {
  it('finds nobody, in its name or about it, and writes nothing', async () => {
    const { app, user, userId, primary } = world;
    const token = await tokenOf(app, user);
    const active = await userOf(app);
    const by = bySelf({ sessionId: sessionIdOf(token), user: active });
    await deleteAndErase(app);
    const before = await world.events();
    const created = await execute(app, requestContext(), {
      ...{ decider: userDecider, id: 'nobody', by },
      command: () => ({
        type: 'CreateUser' as const,
        ...{ ...active, userId: 'nobody', username: 'x', displayName: 'x', email: null },
      }),
    });
    expect(created).toMatchObject({ accepted: false, rejection: { code: 'NOT_FOUND' } });
    const renamed = await send(app, primary, (ports, request, current) =>
      renameUser(ports, request, current, { userId, username: 'samuel', displayName: null, challengeId: null }),
    );
    expect(renamed.refusal).toBe('NOT_FOUND');
    expect(await world.events()).toHaveLength(before.length);
  });

  it('is still a fault where the key is gone of somebody who is there', async () => {
    const { app, user } = world;
    const token = await tokenOf(app, user);
    const { personId } = await userOf(app);
    await app.vault.destroy({ kind: 'person', id: personId });
    const other = world.another();
    const ending = send(other, token, async (ports, request, current) => {
      await endSession(ports, request, current, 'SIGNED_OUT');
      return { ok: true, value: null };
    });
    await expect(ending).rejects.toThrow(PersonErasedError);
  });
});

describe('While somebody signs in, or is signed in,', () => {
  const RUNS = 25;

  it('it is deleted and erased in any order of steps: nothing fails, and nobody is signed in in the end', async () => {
    const came = new Set<string>();
    for (let seed = 0; seed < RUNS; seed += 1) {
      const here = await openWorld();
      try {
        const { app, user, userId, primary } = here;
        const open = await tokenOf(app, user);
        const { results } = await interleave(app, seededRandom(seed), {
          erases: (ports) => deleteAndErase(ports, here),
          signsIn: (ports) => trySignIn(ports, user),
          signsOut: (ports) =>
            send(ports, open, async (own, request, current) => {
              await endSession(own, request, current, 'SIGNED_OUT');
              return { ok: true, value: null };
            }),
          renames: (ports) =>
            send(ports, primary, (own, request, current) =>
              renameUser(own, request, current, { userId, username: 'samuel', displayName: null, challengeId: null }),
            ),
        });
        const { signsIn, signsOut, renames } = results;
        expect([null, 'SIGN_IN_FAILED']).toContain(signsIn.refusal);
        expect([null, 'UNAUTHENTICATED']).toContain(signsOut.refusal);
        expect([null, 'NOT_FOUND']).toContain(renames.refusal);
        came.add(`${String(signsIn.refusal)} ${String(renames.refusal)}`);
        const tokens = [open, ...(signsIn.value === null ? [] : [signsIn.value.token])];
        for (const token of tokens) {
          expect((await send(app, token, async () => ({ ok: true, value: null }))).refusal).toBe('UNAUTHENTICATED');
        }
        const opened = (await here.events()).filter(({ data }) => 'userId' in data && data.userId === userId);
        const bySubject = opened.filter(({ type }) => type === 'UserCreated' || type === 'UserRenamed');
        expect(bySubject.map(({ personal }) => personal)).toEqual(bySubject.map(() => null));
        const own = opened.filter(({ metadata }) => metadata.actor.id !== null && metadata.actor.id === userId);
        expect(own.map(({ request }) => request)).toEqual(own.map(() => null));
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      } finally {
        await here.close();
      }
    }
    expect(came.size).toBeGreaterThan(1);
  });
});
