import { createAuthenticator, type Authenticator } from './authenticator.js';
import { createClient, type Client } from './client.js';
import type { Narrator, Time } from './narrator.js';

/** What the journey needs of the world: a running service, somebody who listens, and time. */
export interface Stage extends Time {
  /** Where GraphQL is served. */
  readonly url: string;
  readonly narrator: Narrator;
  /** Gives up what is in flight. */
  readonly signal: AbortSignal;
}

/** What the chapters of the journey play with. */
export interface Scene {
  /** Begins a part of the document, under its heading. */
  chapter(heading: string): void;
  /** Begins a part of a chapter, under its heading. */
  section(heading: string): void;
  /** Begins the next step, under its number. */
  step(title: string, ...sentences: readonly string[]): void;
  tell(sentence: string): void;
  /** Prints what needs to know how many columns there are. */
  print(draw: (columns: number) => string): void;
  /** A browser, which keeps its session in a cookie. */
  browser(name: string): Client;
  /** A script, which sends its session as a bearer token; another service, the credential that it was given. */
  script(name: string, credential?: string): Client;
  /** A phone that scans a key URI. */
  scan(keyUri: string): Authenticator;
  /** Lets a moment pass. */
  pause(milliseconds: number): Promise<void>;
  /** How many steps were begun. */
  steps(): number;
}

/** Sets the scene on a stage. */
export function createScene(stage: Stage): Scene {
  const { url, narrator, signal, now, sleep } = stage;
  let steps = 0;
  return {
    chapter: (heading) => narrator.chapter(heading),
    section: (heading) => narrator.section(heading),
    step(title, ...sentences) {
      steps += 1;
      narrator.heading(`[${steps}] ${title}`);
      for (const sentence of sentences) narrator.tell(sentence);
    },
    tell: (sentence) => narrator.tell(sentence),
    print: (draw) => narrator.print(draw),
    browser: (name) => createClient({ url, name, transport: 'COOKIE', narrator, signal }),
    script: (name, credential = '') => createClient({ url, name, transport: 'BEARER', credential, narrator, signal }),
    scan: (keyUri) =>
      createAuthenticator(keyUri, { now, countdown: (reason, until) => narrator.countdown(reason, until) }),
    pause: (milliseconds) => sleep(milliseconds),
    steps: () => steps,
  };
}
