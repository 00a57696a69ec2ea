import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startProcessManager, type ProcessManager } from '../../src/application/process-managers/process-manager.js';
import { REACTION_LEASE } from '../../src/domain/reaction/decider.js';
import { eventually } from '../support/eventually.js';
import { openWorld, type World } from '../support/world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

const REGISTERED = 'PrimaryAccountRegistered';

/** Says when it was asked for a type, which is when a process manager has come to an event of it. */
class Asked extends Set<string> {
  readonly asked: Promise<void>;
  #tell: () => void = () => undefined;

  constructor() {
    super();
    this.asked = new Promise((resolve) => (this.#tell = resolve));
  }

  override has(type: string): boolean {
    if (type === REGISTERED) this.#tell();
    return type === REGISTERED;
  }
}

/** A process manager that reacts to the one account of the world. */
function watching(react: () => Promise<void>, reactsTo: ReadonlySet<string>): ProcessManager {
  return { name: 'watching', reactsTo, react };
}

function run(react: () => Promise<void>, reactsTo: ReadonlySet<string> = new Set([REGISTERED])) {
  return startProcessManager({
    ...{ app: world.app, store: world.store, manager: watching(react, reactsTo) },
    onFailure: (_manager, error) => {
      throw error;
    },
  });
}

async function typesOf(prefix: string): Promise<readonly string[]> {
  return (await world.events()).filter(({ stream }) => stream.startsWith(prefix)).map(({ type }) => type);
}

/** How far the process manager has noted that it is. */
async function noted(): Promise<bigint> {
  const notes = (await world.events()).filter(({ stream }) => stream === 'reaction-watching-progress');
  return BigInt((notes.at(-1)?.data as { position: string } | undefined)?.position ?? 0);
}

async function registration() {
  const found = (await world.events()).find(({ type }) => type === REGISTERED);
  if (found === undefined) throw new Error('the world has an account');
  return found;
}

describe('Of several nodes that react to one event', () => {
  it('one does, and each notes how far that is', async () => {
    let reactions = 0;
    const nodes = [1, 2, 3].map(() =>
      run(async () => {
        reactions += 1;
      }),
    );
    const event = await registration();
    await eventually(async () => expect(await noted()).toBeGreaterThanOrEqual(event.position));
    for (const node of nodes) await node.stop();
    expect(reactions).toBe(1);
    expect((await typesOf(`reaction-watching-${event.id}`)).filter((type) => type === 'ReactionDone')).toHaveLength(1);
  });

  it('one that is stopped while another reacts does not note that the event is behind it', async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const event = await registration();
    const first = run(() => held);
    await eventually(async () => expect(await typesOf('reaction-watching-')).toContain('ReactionClaimed'));
    const types = new Asked();
    const second = run(async () => undefined, types);
    await types.asked;
    await second.stop();
    expect(await noted()).toBeLessThan(event.position);
    goOn();
    await eventually(async () => expect(await noted()).toBeGreaterThanOrEqual(event.position));
    await first.stop();
  });

  it('another takes over where one was gone for longer than its lease', async () => {
    // It never comes to an end, as one that was killed.
    run(() => new Promise(() => undefined));
    await eventually(async () => expect(await typesOf('reaction-watching-')).toContain('ReactionClaimed'));
    let reactions = 0;
    const second = run(async () => {
      reactions += 1;
    });
    world.clock.advance(REACTION_LEASE);
    await eventually(async () => expect(reactions).toBeGreaterThan(0));
    await second.stop();
  });
});
