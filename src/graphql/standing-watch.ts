import type { Heartbeat } from '../application/heartbeat.js';
import { isReached, type Instant } from '../domain/instant.js';
import type { Freshness } from '../projections/freshness.js';
import type { ProjectionRunner } from '../projections/runner.js';
import { subjectOf, WatchedSubjects, type Holder, type Open, type WatchedSubject } from './watched-subjects.js';

/** Something open whose session or token is watched. */
export interface Watched {
  /** Waits for a look that is under way. @throws why it may not stay open */
  admitted(): Promise<void>;
  release(): void;
}

/** Watches sessions and tokens for what stays open. */
export interface StandingWatch {
  /** Looks at who asks now, and again at each event that concerns it, and when it expires. */
  watch(holder: Holder, open: Open): Watched;
  /** How many things are watched just now. */
  watched(): number;
}

export interface StandingWatchOptions {
  readonly runner: Pick<ProjectionRunner, 'onNews'>;
  readonly freshness: Pick<Freshness, 'staleSince' | 'log'>;
  readonly heartbeat: Heartbeat;
  readonly now: () => Instant;
}

/**
 * Sets up the watch. It looks at a session or token once for everything that is open for it: when an event in one of its streams
 * was taken in, when it expires, and with each beat while the node may not know what is current. At rest one timer runs for all.
 */
export function createStandingWatch(options: StandingWatchOptions): StandingWatch {
  return new Watch(options);
}

class Watch implements StandingWatch {
  readonly #subjects = new WatchedSubjects();
  #stopBeat: (() => void) | null = null;

  constructor(private readonly options: StandingWatchOptions) {
    options.runner.onNews((events) => {
      for (const { stream } of events) for (const subject of this.#subjects.concernedBy(stream)) subject.look();
    });
  }

  watch(holder: Holder, { admit, end }: Open): Watched {
    const subject = this.#subjects.of(subjectOf(holder));
    const ended: unknown[] = [];
    const open: Open = {
      admit,
      end: (reason) => {
        ended.push(reason);
        this.#leave(subject);
        end(reason);
      },
    };
    subject.open.add(open);
    this.#stopBeat ??= this.options.heartbeat.every(() => this.#beat());
    subject.look();
    return {
      async admitted() {
        await subject.current();
        if (ended.length > 0) throw ended[0];
      },
      release: () => {
        subject.open.delete(open);
        this.#leave(subject);
      },
    };
  }

  watched(): number {
    return this.#subjects.all().reduce((sum, { open }) => sum + open.size, 0);
  }

  #beat(): void {
    const { freshness, now } = this.options;
    const isDoubtful = freshness.staleSince() !== null || freshness.log().away !== null;
    const moment = now();
    for (const subject of this.#subjects.all()) {
      const { expiresAt } = subject;
      if (isDoubtful || (expiresAt !== null && isReached(expiresAt, moment))) subject.look();
    }
  }

  #leave(subject: WatchedSubject): void {
    if (subject.open.size > 0) return;
    this.#subjects.remove(subject);
    if (!this.#subjects.isEmpty()) return;
    this.#stopBeat?.();
    this.#stopBeat = null;
  }
}
