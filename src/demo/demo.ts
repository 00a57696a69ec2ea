import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoError } from './demo-error.js';
import { Interrupted, watchForInterruption, type Interruption } from './interruption.js';
import { playJourney } from './journey.js';
import { createNarrator, type Narrator } from './narrator.js';
import { startServer, type Server } from './server.js';

interface Setting {
  readonly narrator: Narrator;
  readonly interruption: Interruption;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const INTRODUCTION =
  'What the document of virtual MFA describes, heading by heading and in its order, against a service that is started for this and thrown away afterwards. Every answer is checked. It takes three minutes, nearly all of them spent waiting, six times, for the next code.';

function settingOf(interruption: Interruption): Setting {
  const { signal } = interruption;
  const time = {
    now: () => Date.now(),
    sleep: (milliseconds: number) => sleep(milliseconds, undefined, { signal }),
  };
  return { interruption, ...time, narrator: createNarrator(process.stdout, time) };
}

async function playAgainst(server: Server, setting: Setting): Promise<void> {
  const { narrator, interruption, now } = setting;
  const start = now();
  narrator.tell(`The server listens on ${server.url}`);
  const steps = await playJourney({ ...setting, url: server.url, signal: interruption.signal });
  await server.stop();
  const seconds = Math.round((now() - start) / 1000);
  narrator.tell('The server was asked to stop (SIGTERM) and ended with exit code 0.');
  narrator.conclude(`The journey worked: ${steps} steps in ${seconds} s.`);
}

function tellFailure(error: unknown, server: Server | null): void {
  const explained = error instanceof DemoError;
  const sentence =
    error instanceof Error ? (explained ? error.message : (error.stack ?? error.message)) : String(error);
  console.error(`\nThe demo failed. ${sentence}`);
  const log = server?.log() ?? '';
  if (log !== '') console.error(`\nThe last lines of the server's log:\n${log}`);
}

async function makeDataDir(): Promise<string> {
  const folder = tmpdir();
  try {
    return await mkdtemp(join(folder, 'virtual-mfa-demo-'));
  } catch (cause) {
    throw new DemoError(`No folder can be made in ${folder}. Set TMPDIR to one that you may write.`, { cause });
  }
}

/** Plays the journey and answers the exit code; whatever happens, nothing of the server is left when it returns. */
async function run(setting: Setting): Promise<number> {
  const { signal, abort } = setting.interruption;
  let dataDir: string | null = null;
  let server: Server | null = null;
  try {
    dataDir = await makeDataDir();
    server = await startServer({ script: process.argv[1] ?? '', dataDir, signal, onLost: abort });
    await playAgainst(server, setting);
    return 0;
  } catch (thrown) {
    const error: unknown = signal.aborted ? signal.reason : thrown;
    if (!(error instanceof Interrupted)) {
      tellFailure(error, server);
      return 1;
    }
    console.error(`\n${error.message}: the demo stops, and with it its server.`);
    return error.exitCode;
  } finally {
    await server?.end();
    if (dataDir !== null) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Plays the journey through the document against a freshly started server; the exit code is 1 at the first unexpected answer. */
export async function demo(): Promise<void> {
  const interruption = watchForInterruption();
  const setting = settingOf(interruption);
  try {
    setting.narrator.title('Virtual MFA, as its document describes it', INTRODUCTION);
    process.exitCode = await run(setting);
  } finally {
    interruption.dispose();
  }
}
