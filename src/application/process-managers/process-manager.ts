import { setTimeout as sleep } from 'node:timers/promises';
import {
  reactionDecider,
  type ClaimReaction,
  type FinishReaction,
  type NoteReached,
} from '../../domain/reaction/decider.js';
import type { Instant } from '../../domain/instant.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { Batch, EventStore } from '../../eventstore/event-store.js';
import type { Application } from '../application.js';
import { execute, load, type Authorship } from '../execute.js';
import type { RequestContext } from '../request-context.js';

/** What follows from events by itself: destroying secrets, telling people. */
export interface ProcessManager {
  /** Stands in the names of its streams; without a dash. */
  readonly name: string;
  /** The types of the events that ask for a reaction; no others are opened. */
  readonly reactsTo: ReadonlySet<string>;
  /** Reacts; it may be asked twice, after a crash. */
  readonly react: (app: Application, request: RequestContext, event: LoggedEvent) => Promise<void>;
}

export interface ProcessManagerOptions {
  readonly app: Application;
  readonly store: EventStore;
  readonly manager: ProcessManager;
  /** Told of every failure; the reaction is tried again. */
  readonly onFailure: (manager: string, error: unknown) => void;
}

/** A process manager at work. */
export interface RunningProcessManager {
  /** Stops after the reaction that is under way. */
  stop(): Promise<void>;
}

/** How many events are read, without a reaction, before it is noted how far that is: positions may be far apart. */
export const NOTE_EVERY = 1_000;
const PAUSE_AFTER_FAILURE = 1_000;
const PAUSE_FOR_OTHERS = 200;

type ReactionCommand = ClaimReaction | FinishReaction | NoteReached;

/** The stream in which a process manager notes how far it has come. */
export function progressIdOf({ name }: Pick<ProcessManager, 'name'>): string {
  return `${name}-progress`;
}

/** The authorship of what the service does by itself. */
export function bySystem(name: string, personId: string | null = null): Authorship {
  return { actor: { kind: 'SYSTEM', id: name }, sessionId: null, subjectPersonId: personId, requestPersonId: null };
}

/** The context of a reaction: it has the correlation of what it reacts to, and no client. */
export function reactionContext(event: LoggedEvent): RequestContext {
  return {
    requestId: event.metadata.requestId,
    causationId: event.id,
    from: { ip: null, userAgent: null },
    knownBrowser: null,
    current: null,
    wrote: () => undefined,
  };
}

class Running implements RunningProcessManager {
  readonly #nodeId: string;
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  #unnoted = 0;

  constructor(private readonly options: ProcessManagerOptions) {
    this.#nodeId = options.app.newId();
    this.#finished = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#finished;
  }

  get #progressId(): string {
    return progressIdOf(this.options.manager);
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#follow();
      } catch (error) {
        this.options.onFailure(this.options.manager.name, error);
        await this.#pause(PAUSE_AFTER_FAILURE);
      }
    }
  }

  async #follow(): Promise<void> {
    const { app, store } = this.options;
    const after = BigInt((await load(app, reactionDecider, this.#progressId)).state.reached);
    for await (const batch of store.subscribe({ after, signal: this.#abort.signal })) {
      await this.#takeIn(batch);
      if (this.#abort.signal.aborted) return;
    }
  }

  async #takeIn(batch: Batch): Promise<void> {
    const { app, manager } = this.options;
    const wanted = await app.log.decode(batch.events.filter(({ type }) => manager.reactsTo.has(type)));
    for (const event of wanted) {
      await this.#react(event);
      // Stopped in the middle, it may not have been done: then nobody is told that it was passed.
      if (this.#abort.signal.aborted) return;
    }
    const last = wanted.at(-1);
    this.#unnoted += batch.events.length;
    if (last !== undefined || this.#unnoted >= NOTE_EVERY) await this.#note(batch.position, last);
  }

  async #react(event: LoggedEvent): Promise<void> {
    const { app, manager } = this.options;
    if (!(await this.#claim(event))) return;
    await manager.react(app, reactionContext(event), event);
    const finish = { type: 'FinishReaction', eventId: event.id, nodeId: this.#nodeId } as const;
    await this.#execute(event, `${manager.name}-${event.id}`, () => finish);
  }

  /** Takes the reaction on, once nobody else holds it; answers false where it was done by another. */
  async #claim(event: LoggedEvent): Promise<boolean> {
    const { manager } = this.options;
    const id = `${manager.name}-${event.id}`;
    while (!this.#abort.signal.aborted) {
      const claim = { type: 'ClaimReaction', eventId: event.id, nodeId: this.#nodeId } as const;
      const claimed = await this.#execute(event, id, (now) => ({ ...claim, now }));
      if (claimed.accepted) return true;
      if (claimed.state.done) return false;
      await this.#pause(PAUSE_FOR_OTHERS);
    }
    return false;
  }

  async #note(position: bigint, last: LoggedEvent | undefined): Promise<void> {
    this.#unnoted = 0;
    const note = { type: 'NoteReached', position: String(position) } as const;
    await this.#execute(last ?? null, this.#progressId, () => note);
  }

  #execute(event: LoggedEvent | null, id: string, command: (now: Instant) => ReactionCommand) {
    const { app, manager } = this.options;
    const context = event === null ? { ...noContext, requestId: this.#nodeId } : reactionContext(event);
    return execute(app, context, {
      ...{ decider: reactionDecider, id, by: bySystem(manager.name) },
      command: ({ now }) => command(now),
    });
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#abort.signal, ref: false }).catch(() => undefined);
  }
}

const noContext = {
  from: { ip: null, userAgent: null },
  knownBrowser: null,
  current: null,
  wrote: () => undefined,
} as const;

/**
 * Has a process manager react to the log from where it was left, by claims in the log: at least once over crashes, once otherwise,
 * whatever the number of nodes. Its progress lives in the log.
 */
export function startProcessManager(options: ProcessManagerOptions): RunningProcessManager {
  return new Running(options);
}
