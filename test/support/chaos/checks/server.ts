import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '../../client.js';
import { startLogProcess } from '../../cluster/log-process.js';
import { createCertificate } from '../../eventstoredb/certificate.js';
import { startCluster } from '../../eventstoredb/cluster.js';
import { startDouble } from '../../eventstoredb/double.js';
import { openProxy } from '../../eventstoredb/proxy.js';
import { mutate } from '../../operations.js';
import { added, inField, type Check } from '../check.js';
import { startField } from '../field.js';
import type { Play } from '../load.js';
import type { Counts } from '../verify.js';

/** What can be done to a log that is a process behind a connection. */
async function openGround() {
  const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-log-'));
  const log = await startLogProcess(join(folder, 'log'));
  const proxy = await openProxy(0, () => Number(new URL(log.url).port));
  const close = async (): Promise<void> => {
    proxy.drop();
    await proxy.close();
    await log.kill();
    rmSync(folder, { recursive: true });
  };
  return { log, proxy, close, logUrl: `esdb://127.0.0.1:${proxy.port}?tls=false` };
}

/** The connection to EventStoreDB drops, its process freezes, is killed and comes back. */
export const server: Check = async (options) => {
  const { log, proxy, close, logUrl } = await openGround();
  try {
    const field = await startField({ logUrl, directUrl: log.url });
    return await inField({ field }, options, async (_play, load) => {
      for (let time = 1; time <= options.times; time += 1) {
        options.progress(`dropped, frozen, killed and restarted, ${time} of ${options.times}`);
        await load.acknowledged(10);
        proxy.drop();
        await load.acknowledged(10);
        log.freeze();
        await load.unavailable(3);
        log.thaw();
        await load.acknowledged(10);
        await log.kill();
        await load.unavailable(3);
        await log.restart();
        await load.acknowledged(10);
      }
      return { dropped: options.times, frozen: options.times, restarted: options.times };
    });
  } finally {
    await close();
  }
};

type Members = Awaited<ReturnType<typeof startCluster>>;

/** One that stands in no sentence of the service by chance. */
const WRONG_PASSWORD = 'Tr0ub4dor-and-3-batteries';

/** Starts a node that signs in at the log by another password: it waits and says so. By the right one it serves. */
async function wrongCredentials({ field, owner }: Play, { log }: Members): Promise<Counts> {
  const { certificate, key } = createCertificate();
  const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-ca-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, certificate);
  const password = 'changeit';
  const double = await startDouble({ log, tls: { certificate, key }, credentials: { username: 'admin', password } });
  const at = { EVENT_STORE_URL: double.url, EVENT_STORE_CA_FILE: caFile, EVENT_STORE_USERNAME: 'admin' };
  const refused = field.another({ ...at, EVENT_STORE_PASSWORD: WRONG_PASSWORD });
  const served = field.another({ ...at, EVENT_STORE_PASSWORD: password });
  const { username, password: own } = owner.account;
  const signIn = (url: string) => mutate(createClient(url), 'signIn', { username, password: own, transport: 'BEARER' });
  try {
    await refused.listen();
    const { answer } = await signIn(refused.url());
    assert.equal(answer.status, 503, 'a command at a node that the log does not let in');
    assert.equal((await refused.health()).status, 503);
    assert.match((await refused.health()).text, /refuses the user: check EVENT_STORE_USERNAME/, 'what health says');
    assert.match(refused.said(), /refuses the user: check EVENT_STORE_USERNAME/, 'what the service says');
    assert.ok(!refused.said().includes(WRONG_PASSWORD), 'a password is shown');
    await refused.stop();
    await served.start();
    assert.equal((await signIn(served.url())).refusal, null);
    await served.stop();
    return { wrongCredentials: 1 };
  } finally {
    await Promise.all([refused.kill(), served.kill()]);
    await double.close();
    rmSync(folder, { recursive: true });
  }
}

/** More than those who are at work: of some commands the answer is lost a second time, when they are sent again. */
const LOST_ANSWERS = 24;

/** Another member of the cluster leads, over and over; appends are written and their answers lost; then the log lets nobody in for a while. */
export const leader: Check = async (options) => {
  const members = await startCluster(3);
  try {
    const field = await startField({ logUrl: members.url });
    const counts = await inField({ field }, options, async (play, load) => {
      for (let time = 1; time <= options.times; time += 1) {
        options.progress(`another leader, then nobody is let in, ${time} of ${options.times}`);
        await load.acknowledged(10);
        members.elect(time % 3);
        await load.acknowledged(10);
        members.leader().faults.loseAnswers = LOST_ANSWERS;
        await load.acknowledged(10);
        for (const { faults } of members.members) faults.accessDenied = true;
        await load.unavailable(3);
        for (const member of members.members) member.resetFaults();
        await load.acknowledged(10);
      }
      return added(
        { elections: options.times, answersLost: options.times * LOST_ANSWERS, denied: options.times },
        await wrongCredentials(play, members),
      );
    });
    return counts;
  } finally {
    await members.close();
  }
};
