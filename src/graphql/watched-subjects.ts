import type { TokenReader } from '../application/authenticate-audit-token.js';
import type { CurrentSession } from '../application/request-context.js';
import { limitsOf } from '../domain/account/policy.js';
import type { Instant } from '../domain/instant.js';
import { expiryOf } from '../domain/session/standing.js';
import { streamName, type StreamName } from '../domain/stream.js';

/** The session and token now; both are null once the session has ended or the token is void. */
export interface Standing {
  readonly session: CurrentSession | null;
  readonly tokenReader: TokenReader | null;
}

/** What stays open for a session or a token. */
export interface Open {
  /** Decides whether it may stay open. @throws why it may not */
  readonly admit: (standing: Standing) => void | Promise<void>;
  /** Ends it; called once at most. */
  readonly end: (reason: unknown) => void;
}

/** Who has something open, and how to find out how it stands later on. */
export interface Holder {
  readonly session: CurrentSession | null;
  readonly tokenReader: TokenReader | null;
  readonly sessionNow: (sessionId: string) => Promise<CurrentSession | null>;
  readonly tokenReaderNow: (tokenId: string) => Promise<TokenReader | null>;
}

/** What is looked at: a session or a token. */
export interface Subject {
  readonly key: string;
  /** The streams that its standing is computed from. */
  readonly streams: readonly StreamName[];
  readonly find: () => Promise<Standing>;
}

/** What is watched for a holder. */
export function subjectOf({ session, tokenReader, sessionNow, tokenReaderNow }: Holder): Subject {
  if (session !== null) {
    const { sessionId, user } = session;
    return {
      key: `session ${sessionId}`,
      streams: [
        streamName('session', sessionId),
        streamName('user', user.userId),
        streamName('mfa', user.userId),
        streamName('account', user.accountId),
      ],
      find: async () => ({ session: await sessionNow(sessionId), tokenReader: null }),
    };
  }
  if (tokenReader === null) throw new Error('nobody asks: there is nothing to watch');
  const { tokenId, accountId } = tokenReader;
  return {
    key: `token ${tokenId}`,
    streams: [streamName('account', accountId)],
    find: async () => ({ session: null, tokenReader: await tokenReaderNow(tokenId) }),
  };
}

function expiryIn({ session, tokenReader }: Standing): Instant | null {
  if (session !== null) return expiryOf(session.session, limitsOf(session.policy));
  return tokenReader?.expiresAt ?? null;
}

/** One session or token, with everything that is open for it. */
export class WatchedSubject {
  readonly open = new Set<Open>();
  expiresAt: Instant | null = null;
  #hasNews = false;
  #looking: Promise<void> | null = null;

  constructor(readonly subject: Subject) {}

  /** Looks again; what comes while a look is under way has another look follow it. */
  look(): void {
    this.#hasNews = true;
    this.#looking ??= this.#lookUntilCurrent();
  }

  async current(): Promise<void> {
    // Another look may have begun meanwhile.
    for (let look = this.#looking; look !== null; look = this.#looking) await look;
  }

  async #lookUntilCurrent(): Promise<void> {
    do await this.#lookOnce();
    while (this.#isToLookAgain());
    this.#looking = null;
  }

  #isToLookAgain(): boolean {
    return this.#hasNews && this.open.size > 0;
  }

  async #lookOnce(): Promise<void> {
    this.#hasNews = false;
    let standing: Standing;
    try {
      standing = await this.subject.find();
    } catch (error) {
      for (const open of [...this.open]) this.#end(open, error);
      return;
    }
    this.expiresAt = expiryIn(standing);
    await Promise.all([...this.open].map((open) => this.#judge(open, standing)));
  }

  async #judge(open: Open, standing: Standing): Promise<void> {
    try {
      await open.admit(standing);
    } catch (error) {
      this.#end(open, error);
    }
  }

  #end(open: Open, reason: unknown): void {
    if (this.open.delete(open)) open.end(reason);
  }
}

/** Those that are watched, by key and by the streams that concern them. */
export class WatchedSubjects {
  readonly #byKey = new Map<string, WatchedSubject>();
  readonly #byStream = new Map<string, Set<WatchedSubject>>();

  of(subject: Subject): WatchedSubject {
    const known = this.#byKey.get(subject.key);
    if (known !== undefined) return known;
    const watched = new WatchedSubject(subject);
    this.#byKey.set(subject.key, watched);
    for (const stream of subject.streams) {
      const concerned = this.#byStream.get(stream) ?? new Set();
      this.#byStream.set(stream, concerned.add(watched));
    }
    return watched;
  }

  remove(watched: WatchedSubject): void {
    const { key, streams } = watched.subject;
    if (this.#byKey.get(key) !== watched) return;
    this.#byKey.delete(key);
    for (const stream of streams) {
      const concerned = this.#byStream.get(stream);
      concerned?.delete(watched);
      if (concerned?.size === 0) this.#byStream.delete(stream);
    }
  }

  concernedBy(stream: string): Iterable<WatchedSubject> {
    return this.#byStream.get(stream) ?? [];
  }

  all(): readonly WatchedSubject[] {
    return [...this.#byKey.values()];
  }

  isEmpty(): boolean {
    return this.#byKey.size === 0;
  }
}
