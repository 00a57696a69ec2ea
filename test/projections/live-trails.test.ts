import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';
import type { AuditQueries } from '../../src/projections/audit/audit-queries.js';
import { createLiveTrails, type LiveTrail, type LiveTrails } from '../../src/projections/audit/live-trails.js';
import { createReadModels, projections } from '../../src/projections/read-models.js';
import { ACME, event } from '../support/builders.js';
import { openStage, until, type Stage } from './stage.js';

const FOLLOWERS = 500;

let stage: Stage;
let trails: LiveTrails;
let readings = 0;

beforeEach(async () => {
  stage = await openStage();
  await stage.start(...projections);
  readings = 0;
  const { audit } = createReadModels(stage.database);
  const counted: Pick<AuditQueries, 'follow' | 'lastSeq'> = {
    lastSeq: (accountId) => audit.lastSeq(accountId),
    follow(...args) {
      readings += 1;
      return audit.follow(...args);
    },
  };
  trails = createLiveTrails(counted, stage.runner);
});

afterEach(() => stage.dispose());

/** Follows a trail until the signal is aborted; tells of each event. */
async function follow(trail: LiveTrail, filter: AuditFilter, signal: AbortSignal, tell: (seq: number) => void) {
  let after = -1;
  try {
    for (;;) {
      const page = trail.read(filter, after);
      for (const { seq } of page.views) tell(seq);
      after = page.seen;
      if (!page.isMore) await trail.changed(page.version, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    trail.close();
  }
}

describe('The followers of a trail', () => {
  it('share one reading of each event, for each filter', async () => {
    const aborts = Array.from({ length: FOLLOWERS }, () => new AbortController());
    const seen = { all: 0, some: 0 };
    const following = aborts.map(({ signal }, index) =>
      index % 2 === 0
        ? follow(trails.open(ACME), {}, signal, () => (seen.all += 1))
        : follow(trails.open(ACME), { types: ['MfaUnlocked'] }, signal, () => (seen.some += 1)),
    );
    expect([trails.followers(), readings]).toStrictEqual([FOLLOWERS, 2]);
    for (let count = 1; count <= 5; count += 1) {
      await stage.append(1);
      await until(() => seen.all === (count * FOLLOWERS) / 2);
    }
    // Two for each event; of events that come together there are fewer.
    expect(readings).toBeLessThanOrEqual(2 + 2 * 5);
    for (const abort of aborts) abort.abort();
    await Promise.all(following);
    expect(trails.followers()).toBe(0);
  });

  it('are not woken by events of another account', async () => {
    const trail = trails.open(ACME);
    const version = trail.version();
    await stage.ledger.append(event('MfaUnlocked', { accountId: 'other' }));
    await stage.caughtUp();
    expect(trail.version()).toBe(version);
    await stage.ledger.append(event('MfaUnlocked'));
    await stage.caughtUp();
    expect(trail.version()).toBeGreaterThan(version);
    await trail.changed(version, new AbortController().signal);
    trail.close();
  });

  it('wait no longer once they are told to end', async () => {
    const trail = trails.open(ACME);
    const abort = new AbortController();
    const changed = trail.changed(trail.version(), abort.signal);
    abort.abort(new Error('signed out'));
    await expect(changed).rejects.toThrow('signed out');
    await expect(trail.changed(-1, abort.signal)).rejects.toThrow('signed out');
    trail.close();
  });
});
