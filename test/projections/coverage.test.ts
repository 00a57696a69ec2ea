import { describe, expect, it } from '@jest/globals';
import type { SqliteConnection } from '../../src/sqlite/connection.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { coverageProjection } from '../../src/projections/coverage/coverage-projection.js';
import { createCoverageQueries } from '../../src/projections/coverage/coverage-queries.js';
import type { ExposureFilter, ExposureView } from '../../src/projections/coverage/exposure-queries.js';
import type { PageRequest } from '../../src/projections/page.js';
import { ACME, ADA, event, later, SAM } from '../support/builders.js';
import { given, logged, NOW, openFold, rowsOf } from './given.js';

const created = event('UserCreated');
const required = event('SubUserMfaRequired');
const enabled = event('MfaEnabled');
const disabled = event('MfaDisabled');
const waived = event('SubUserMfaWaived');
const deleted = event('UserDeleted');
const renamed = event('UserRenamed');
const erased = event('UserErased');
const ada = { ...event('UserCreated', { userId: ADA, kind: 'PRIMARY', role: null }), personal: nameOf('ada') };

function nameOf(username: string) {
  return { username, displayName: username, email: null };
}

/** Events a second apart, the first of them at the beginning. */
function everySecond(...events: readonly DomainEvent[]): readonly LoggedEvent[] {
  return events.map((each, index) => at(index, index, each));
}

/** An event at a second, whatever the place in the log. */
function at(second: number, index: number, each: DomainEvent): LoggedEvent {
  return logged(each, { position: index + 1, metadata: { occurredAt: later(second * 1_000) } });
}

function queriesAfter(...events: readonly LoggedEvent[]) {
  return createCoverageQueries(given(coverageProjection, ...events));
}

/** Users, enabled, required and overdue at each of some seconds. */
function countsAt(events: readonly LoggedEvent[], ...seconds: readonly number[]): readonly string[] {
  const queries = queriesAfter(...events);
  return seconds.map((second) => Object.values(queries.at(ACME, later(second * 1_000))).join(' '));
}

const FIRST: PageRequest = { limit: 50, after: null, before: null, fromEnd: false };

function exposuresAfter(events: readonly LoggedEvent[], filter: ExposureFilter = {}): readonly ExposureView[] {
  return queriesAfter(...events).page(ACME, filter, FIRST).rows;
}

/** Each exposure in a line: who, why, from which second, how it ended, in which. */
function linesAfter(events: readonly LoggedEvent[], filter: ExposureFilter = {}): readonly string[] {
  const second = (moment: string) => (Date.parse(moment) - Date.parse(NOW)) / 1_000;
  return exposuresAfter(events, filter).map(({ userId, cause, openedAt, ended }) => {
    const end = ended === null ? 'OPEN' : `${ended.ending} ${second(ended.at)}`;
    return `${userId} ${cause} ${second(openedAt)} ${end}`;
  });
}

describe('The coverage of an account over time', () => {
  const story = everySecond(ada, created, required, enabled, disabled, waived, enabled, deleted);

  it('is what it was after the last event up to a moment', () => {
    expect(countsAt(story, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8)).toEqual([
      ...['0 0 0 0', '1 0 0 0', '2 0 0 0', '2 0 1 1', '2 1 1 0', '2 0 1 1', '2 0 0 0', '2 1 0 0', '1 0 0 0', '1 0 0 0'],
    ]);
    expect(countsAt(story, 2.999, 3.001)).toEqual(['2 0 1 1', '2 1 1 0']);
  });

  it('is what everything that is known has made it, where no moment is named', () => {
    expect(queriesAfter(...story).at(ACME, null)).toEqual({ users: 1, enabled: 0, required: 0, overdue: 0 });
    expect(queriesAfter(...story).at('nobody', null)).toEqual({ users: 0, enabled: 0, required: 0, overdue: 0 });
  });

  it('counts a requirement that stood before its user once there is the user', () => {
    expect(countsAt(everySecond(required, created), 0, 1)).toEqual(['0 0 0 0', '1 0 1 1']);
  });

  it('counts nothing that comes in after a user is gone', () => {
    expect(countsAt(everySecond(created, deleted, enabled, required, disabled), 1, 4)).toEqual(['0 0 0 0', '0 0 0 0']);
  });

  it('does not count a primary whose registration was abandoned', () => {
    const abandoned = event('RegistrationAbandoned', { userId: ADA });
    expect(countsAt(everySecond(ada, abandoned), 0, 1)).toEqual(['1 0 0 0', '0 0 0 0']);
  });

  it('counts what a clock that was set back dates earlier from the latest moment before it on', () => {
    const skewed = [at(0, 0, created), at(10, 1, required), at(4, 2, enabled), at(12, 3, disabled)];
    expect(countsAt(skewed, 4, 9, 10, 11, 12)).toEqual(['1 0 0 0', '1 0 0 0', '1 1 1 0', '1 1 1 0', '1 0 1 1']);
  });

  it('is each account of its own', () => {
    const stranger = event('UserCreated', { accountId: 'other', userId: 'stranger' });
    const queries = queriesAfter(at(0, 0, created), at(100, 1, stranger), at(5, 2, required));
    expect(queries.at(ACME, later(5_000))).toEqual({ users: 1, enabled: 0, required: 1, overdue: 1 });
    expect(queries.at('other', null)).toEqual({ users: 1, enabled: 0, required: 0, overdue: 0 });
  });
});

describe('The exposures of an account', () => {
  it.each<[string, readonly DomainEvent[], readonly string[]]>([
    ['being created with the requirement, to enabling', [required, created, enabled], ['sam CREATED 1 ENABLED 2']],
    ['the requirement, to its waiving', [created, required, waived], ['sam REQUIRED 1 WAIVED 2']],
    ['the requirement, to the end of the user', [created, required, deleted], ['sam REQUIRED 1 DELETED 2']],
    [
      'disabling, and go on',
      [created, required, enabled, disabled],
      ['sam DISABLED 3 OPEN', 'sam REQUIRED 1 ENABLED 2'],
    ],
    ['nothing where none is required', [created, enabled, disabled, deleted], []],
    ['nothing where there is a device', [created, enabled, required, waived, disabled], []],
    ['nothing again where it is required again', [created, required, required, required], ['sam REQUIRED 1 OPEN']],
    ['nothing where there is no user any more', [created, deleted, required, disabled], []],
  ])('go from %s', (_, events, lines) => {
    expect(linesAfter(everySecond(...events))).toEqual(lines);
  });

  it('tell which event opened and ended each, and by whom, with the names of then', () => {
    const dora = { ...event('UserCreated', { userId: 'dora' }), personal: nameOf('dora') };
    const doraNow = { ...event('UserRenamed', { userId: 'dora' }), personal: nameOf('theodora') };
    const adaNow = { ...event('UserRenamed', { userId: ADA }), personal: nameOf('ada lovelace') };
    const by = (id: string) => ({ metadata: { actor: { kind: 'USER', id } } }) as const;
    const [exposure] = exposuresAfter([
      ...everySecond(ada, dora, created),
      logged(required, { position: 4, ...by('ada') }),
      ...[logged(adaNow, { position: 5 }), logged(renamed, { position: 6 })],
      logged(doraNow, { position: 7 }),
      logged(waived, { position: 8, ...by('dora') }),
    ]);
    expect(exposure).toMatchObject({ userId: SAM, userName: 'sam', cause: 'REQUIRED' });
    const kind = { actorKind: 'USER' };
    expect(exposure?.opened).toEqual({
      ...{ ...kind, eventId: 'event-4', type: 'SubUserMfaRequired', actorId: ADA, actorName: 'ada' },
    });
    expect(exposure?.ended).toEqual({
      ...{ ...kind, eventId: 'event-8', type: 'SubUserMfaWaived', actorId: 'dora', actorName: 'theodora' },
      ...{ at: later(2_000), ending: 'WAIVED' },
    });
  });

  it('have no name of a person who is erased, as a subject and as an actor', () => {
    const opener = { metadata: { actor: { kind: 'USER', id: SAM } } } as const;
    const dora = { ...event('UserCreated', { userId: 'dora' }), personal: nameOf('dora') };
    const events = [
      ...everySecond(created, required, dora),
      logged(event('SubUserMfaRequired', { userId: 'dora' }), { position: 4, ...opener }),
    ];
    const erasing = [
      logged(renamed, { position: 5 }),
      logged(deleted, { position: 6 }),
      logged(erased, { position: 7 }),
    ];
    const names = (all: readonly LoggedEvent[]) =>
      exposuresAfter(all).map(({ userName, opened }) => [userName, opened.actorName]);
    expect(names(events)).toEqual([
      ['dora', 'sam'],
      ['sam', null],
    ]);
    expect(names([...events, ...erasing])).toEqual([
      ['dora', null],
      [null, null],
    ]);
    const rows = rowsOf(given(coverageProjection, ...events, ...erasing), coverageProjection);
    expect(JSON.stringify(rows)).not.toContain('"name":"sam');
  });

  const people = ['a', 'b', 'c', 'd', 'e'];
  const each = people.map((userId) => event('UserCreated', { userId }));
  const demanded = people.map((userId) => event('SubUserMfaRequired', { userId }));
  const ending = [
    event('MfaEnabled', { userId: 'a' }),
    event('SubUserMfaWaived', { userId: 'b' }),
    event('MfaDisabled', { userId: 'a' }),
    event('UserDeleted', { userId: 'c' }),
  ];
  /** Created from 0 on, required from 5 on, and so on from 10 to 13. */
  const many = everySecond(...each, ...demanded, ...ending);
  const whole = ['a DISABLED 12 OPEN', 'e REQUIRED 9 OPEN', 'd REQUIRED 8 OPEN', 'c REQUIRED 7 DELETED 13'];
  const all = [...whole, 'b REQUIRED 6 WAIVED 11', 'a REQUIRED 5 ENABLED 10'];

  it.each<[string, ExposureFilter, readonly string[]]>([
    ['nothing', {}, all],
    ['a user', { userId: 'a' }, ['a DISABLED 12 OPEN', 'a REQUIRED 5 ENABLED 10']],
    ['being open', { open: true }, all.filter((line) => line.includes('OPEN'))],
    ['being over', { open: false }, all.filter((line) => !line.includes('OPEN'))],
    ['a cause', { cause: 'DISABLED' }, ['a DISABLED 12 OPEN']],
    ['an ending', { ending: 'WAIVED' }, ['b REQUIRED 6 WAIVED 11']],
    ['a beginning, at which one was over', { since: later(11_000) }, whole],
    ['an end, at which one was opened', { until: later(6_000) }, ['a REQUIRED 5 ENABLED 10']],
    ['an end before everything', { until: later(5_000) }, []],
    ['a span', { since: later(10_500), until: later(8_000) }, all.slice(3, 5)],
    ['a user in a span', { userId: 'a', since: later(11_000), until: later(12_000) }, []],
    ['what cannot be', { open: true, ending: 'ENABLED' }, []],
  ])('are narrowed by %s', (_, filter, lines) => {
    expect(linesAfter(many, filter)).toEqual(lines);
  });

  it('come in pages from both ends', () => {
    const queries = queriesAfter(...many);
    const page = (request: Partial<PageRequest>) => {
      const { rows, hasNextPage, hasPreviousPage } = queries.page(ACME, {}, { ...FIRST, limit: 4, ...request });
      return [rows.map(({ exposure }) => exposure), hasPreviousPage, hasNextPage];
    };
    expect(page({})).toEqual([[6, 5, 4, 3], false, true]);
    expect(page({ after: 3 })).toEqual([[2, 1], true, false]);
    expect(page({ fromEnd: true })).toEqual([[4, 3, 2, 1], true, false]);
    expect(page({ fromEnd: true, before: 4 })).toEqual([[6, 5], false, true]);
  });

  it('that were open at a moment come the longest open first, as many as are wanted', () => {
    const queries = queriesAfter(...many);
    const open = (second: number | null, most = 100) =>
      queries
        .exposedAt(ACME, second === null ? null : later(second * 1_000), most)
        .map(({ userId, cause }) => `${userId} ${cause}`);
    expect(open(4)).toEqual([]);
    expect(open(7)).toEqual(['a REQUIRED', 'b REQUIRED', 'c REQUIRED']);
    expect(open(7, 2)).toEqual(['a REQUIRED', 'b REQUIRED']);
    expect(open(11)).toEqual(['c REQUIRED', 'd REQUIRED', 'e REQUIRED']);
    expect(open(null)).toEqual(['d REQUIRED', 'e REQUIRED', 'a DISABLED']);
  });

  it('are those of the account alone', () => {
    const queries = queriesAfter(...many);
    expect(queries.page('other', { userId: 'a' }, FIRST).rows).toEqual([]);
    expect(queries.exposedAt('other', null, 100)).toEqual([]);
  });
});

describe('The read model of coverage', () => {
  const story = everySecond(ada, required, created, enabled, renamed, disabled, waived, required, deleted, erased);

  function tables(database: SqliteConnection) {
    return rowsOf(database, coverageProjection);
  }

  it('is the same when it is given events twice', () => {
    const database = given(coverageProjection, ...story);
    const before = tables(database);
    const fold = openFold(database, coverageProjection);
    for (const end of [3, 6, 10]) expect(fold.apply(story.slice(0, end), BigInt(end))).toBeNull();
    expect(tables(database)).toEqual(before);
  });

  it('is the same when it is built anew, in whatever batches', () => {
    const database = given(coverageProjection);
    const fold = openFold(database, coverageProjection);
    for (const one of story) expect(fold.apply([one], one.position)).toBeNull();
    expect(tables(database)).toEqual(tables(given(coverageProjection, ...story)));
  });
});
