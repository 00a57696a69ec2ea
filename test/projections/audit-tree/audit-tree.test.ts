import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { recordHash } from '../../../src/audit/leaf.js';
import { recordOf } from '../../../src/audit/record.js';
import { TRAIL_EVENT_TYPES } from '../../../src/audit/description.js';
import { consistencyProof, inclusionProof, rootAt } from '../../../src/audit/merkle/tree.js';
import type { LoggedEvent } from '../../../src/eventstore/event-codec.js';
import { auditProjection } from '../../../src/projections/audit/audit-projection.js';
import { createAuditQueries } from '../../../src/projections/audit/audit-queries.js';
import { auditTreeProjection } from '../../../src/projections/audit-tree/audit-tree-projection.js';
import { openFold as openFoldOf } from '../../../src/projections/fold.js';
import { openReadModelFile } from '../../../src/projections/read-model-file.js';
import { openTakeIn } from '../../../src/projections/taking-in.js';
import { definitionsOver, hashes, hex } from '../../audit/merkle/given.js';
import { ACME, event, times } from '../../support/builders.js';
import { given, logged, openFold, rowsOf } from '../given.js';
import { STORY } from '../story.js';
import { leavesOf, mixed, OTHER, trailIn, treesIn } from './given.js';

/** Takes in events in batches of these sizes, each by a read model that was opened anew. */
function inBatches(events: readonly LoggedEvent[], sizes: readonly number[]) {
  const database = given(auditTreeProjection);
  let from = 0;
  for (const size of [...sizes, events.length]) {
    const batch = events.slice(from, from + size);
    from += batch.length;
    const failure = openFold(database, auditTreeProjection).apply(batch, batch.at(-1)?.position ?? 0n);
    expect(failure).toBeNull();
  }
  return database;
}

describe('The trees of the trails', () => {
  it('are those of RFC 9162 over the records of each account, at every size', () => {
    const events = mixed(900);
    const trees = treesIn(given(auditTreeProjection, ...events));
    for (const accountId of [ACME, OTHER]) {
      const leaves = leavesOf(events, accountId);
      const [nodes, defined] = [trees.nodesOf(accountId), definitionsOver(leaves)];
      expect(trees.sizeOf(accountId)).toBe(leaves.length);
      for (let size = 0; size <= leaves.length; size += 1)
        expect(hex(rootAt(nodes, size))).toBe(hex(defined.root(size)));
    }
  });

  it('give the proofs that RFC 9162 defines', () => {
    const events = mixed(900);
    const trees = treesIn(given(auditTreeProjection, ...events));
    const defined = definitionsOver(leavesOf(events));
    fc.assert(
      fc.property(fc.nat(trees.sizeOf(ACME) - 1), fc.nat(trees.sizeOf(ACME) - 1), (one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other) + 1];
        const nodes = trees.nodesOf(ACME);
        expect(hashes(inclusionProof(nodes, small, large))).toEqual(hashes(defined.path(small, large)));
        const proof = consistencyProof(nodes, small, large);
        expect(hashes(proof)).toEqual(small === 0 ? [] : hashes(defined.proof(small, large)));
      }),
    );
  });

  it('are over events exactly as they are stored, never brought up to a newer revision', () => {
    const now = logged(event('MfaEnabled'), { position: 1 });
    const stored = { ...now.stored, revision: 1, data: { accountId: ACME, as: 'it was written once' } };
    const trees = treesIn(given(auditTreeProjection, { ...now, stored }));
    expect(hex(rootAt(trees.nodesOf(ACME), 1))).toBe(hex(recordHash(recordOf(stored, 0))));
  });

  it('number records as the index on the trail does, whatever happens', () => {
    const database = given(auditTreeProjection, ...STORY);
    const audit = openFold(database, auditProjection);
    expect(audit.apply(STORY, STORY.at(-1)?.position ?? 0n)).toBeNull();
    const [queries, trees] = [createAuditQueries(database), treesIn(database)];
    for (const accountId of ['account-0', 'account-57', 'account-99']) {
      expect(trees.sizeOf(accountId)).toBe(queries.lastSeq(accountId) + 1);
      const seqs = trailIn(STORY, accountId).map(({ id }) => queries.byId(accountId, id)?.seq);
      expect(seqs).toEqual(TRAIL_EVENT_TYPES.map((_, seq) => seq));
    }
    expect(trees.accounts(null, 1_000)).toHaveLength(100);
  });

  it('do not have what happened in streams of names', () => {
    const trees = treesIn(given(auditTreeProjection, logged(event('NameReserved'), { position: 1, stream: 'name-x' })));
    expect([trees.sizeOf(ACME), trees.accounts(null, 9)]).toEqual([0, []]);
  });

  it('know nothing of an account without a trail, nor of what is not there yet', () => {
    const trees = treesIn(given(auditTreeProjection, ...mixed(40)));
    expect([trees.sizeOf('nobody'), trees.places('nobody', 0, 9), trees.nodesOf('nobody').get(0, 0)]).toEqual([
      0,
      [],
      undefined,
    ]);
    const size = trees.sizeOf(ACME);
    const nodes = trees.nodesOf(ACME);
    expect(nodes.get(0, size - 1)).toBeDefined();
    expect([nodes.get(0, size), nodes.get(4, 1), nodes.get(40, 0)]).toEqual([undefined, undefined, undefined]);
  });

  it('show what is added after their nodes were asked for', () => {
    const events = mixed(100);
    const database = given(auditTreeProjection, ...events.slice(0, 20));
    const nodes = treesIn(database).nodesOf(ACME);
    expect(nodes.get(0, 0)).toBeDefined();
    expect(openFold(database, auditTreeProjection).apply(events, 100n)).toBeNull();
    const leaves = leavesOf(events);
    expect(hex(rootAt(nodes, leaves.length))).toBe(hex(definitionsOver(leaves).root(leaves.length)));
  });

  it('are listed in the order of the accounts, some at a time', () => {
    const trees = treesIn(given(auditTreeProjection, ...mixed(10)));
    expect(trees.accounts(null, 1)).toEqual([ACME]);
    expect(trees.accounts(ACME, 5)).toEqual([OTHER]);
    expect(trees.accounts(OTHER, 5)).toEqual([]);
  });

  it('are found by when they have last grown', () => {
    const trees = treesIn(given(auditTreeProjection, ...mixed(9)));
    const [acme, other] = [
      { accountId: ACME, size: 5, grownAt: 8n },
      { accountId: OTHER, size: 3, grownAt: 9n },
    ];
    expect(trees.grownSince(0n, 9)).toEqual([acme, other]);
    expect(trees.grownSince(0n, 1)).toEqual([acme]);
    expect(trees.grownSince(8n, 9)).toEqual([other]);
    expect(trees.grownSince(9n, 9)).toEqual([]);
  });
});

describe('The places of records', () => {
  const events = mixed(200);
  const trees = treesIn(given(auditTreeProjection, ...events));

  it('are their positions in the log, each with that of the event before it, of whatever trail', () => {
    const wanted = trailIn(events).map(({ position }, seq) => ({ seq, before: position - 1n, position }));
    expect(trees.places(ACME, 0, 1_000)).toEqual(wanted);
    for (const [from, limit] of [
      [0, 1],
      [15, 2],
      [16, 16],
      [31, 50],
      [100, 1_000],
      [5_000, 10],
      [3, 0],
    ] as const)
      expect(trees.places(ACME, from, limit)).toEqual(wanted.slice(from, from + limit));
  });

  it('are exact where positions are as large as they get', () => {
    const far = 2n ** 60n;
    const at = (position: bigint): LoggedEvent => {
      const one = logged(event('MfaEnabled'), { position: 1 });
      return { ...one, position, stored: { ...one.stored, position } };
    };
    const [first, second] = [at(far + 1n), at(far + 400n)];
    expect(treesIn(given(auditTreeProjection, first, second)).places(ACME, 0, 9)).toEqual([
      { seq: 0, before: 0n, position: far + 1n },
      { seq: 1, before: far + 1n, position: far + 400n },
    ]);
  });
});

describe('The read model of the trees', () => {
  const events = mixed(500);
  const whole = rowsOf(given(auditTreeProjection, ...events), auditTreeProjection);

  it('is the same when it is given events twice', () => {
    const database = given(auditTreeProjection, ...events);
    const fold = openFold(database, auditTreeProjection);
    for (const end of [2, 499, 500]) expect(fold.apply(events.slice(0, end), BigInt(end))).toBeNull();
    expect(rowsOf(database, auditTreeProjection)).toEqual(whole);
  });

  it('is the same when it is built anew, in whatever batches, with whatever restarts between', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 12 }), (sizes) => {
        expect(rowsOf(inBatches(events, sizes), auditTreeProjection)).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });

  it('forgets what a transaction had added that was undone', () => {
    const { connection } = openReadModelFile(':memory:');
    let fails = false;
    const failing = {
      ...{ name: 'failing', version: 1, tables: [], schema: '' },
      open: () => () => {
        if (fails) throw new Error('poison');
        return undefined;
      },
    };
    const folds = [auditTreeProjection, failing].map((projection) => openFoldOf(connection, projection));
    const takeIn = openTakeIn(connection);
    const [first, second] = [events.slice(0, 250), events.slice(250)];
    expect(takeIn(folds, first, 250n).size).toBe(0);
    fails = true;
    expect(takeIn(folds, second, 500n).size).toBe(1);
    expect(rowsOf(connection, auditTreeProjection)).toEqual(whole);
  });

  it('goes on with more trees than it remembers', () => {
    const accounts = 2_100;
    const many = times(2 * accounts, (position) =>
      logged(event('MfaEnabled', { accountId: `account ${position % accounts}` }), { position }),
    );
    const database = given(auditTreeProjection);
    const fold = openFold(database, auditTreeProjection);
    for (const [from, to] of [
      [0, accounts],
      [accounts, 2 * accounts],
    ] as const)
      expect(fold.apply(many.slice(from, to), BigInt(to))).toBeNull();
    const trees = treesIn(database);
    for (const accountId of ['account 0', 'account 1', 'account 2099']) {
      const defined = definitionsOver(leavesOf(many, accountId));
      expect(hex(rootAt(trees.nodesOf(accountId), 2))).toBe(hex(defined.root(2)));
    }
  });
});
