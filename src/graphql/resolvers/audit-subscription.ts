import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { Pause } from '../../application/turns.js';
import type { AuditFilter } from '../../projections/audit/audit-filter.js';
import type { AuditEventView } from '../../projections/audit/audit-view.js';
import { PAGE, type LivePage, type LiveTrail } from '../../projections/audit/live-trails.js';
import { Access, refusalOf, type AccessRule } from '../access.js';
import type { GraphqlContext, Live } from '../context.js';
import { AUDIT_LIST, keyOf } from '../cursor.js';
import { endAtOnce, type Life } from '../end-at-once.js';
import type { Watched } from '../standing-watch.js';
import type { Standing } from '../watched-subjects.js';
import { AuditEvent, auditEventOf } from '../types/audit-event.js';
import { AuditEventFilter } from '../types/filters.js';
import { auditFilterOf } from './audit-filter.js';
import { readerOf, TRAIL_READERS } from './readers.js';
import { pauseOf } from '../costs/admit-operation.js';
import { fixed, priceOfPage, TRAIL_PAGE } from '../costs/weights.js';

const RULE: AccessRule = { stages: ['FULL'], roles: TRAIL_READERS };

interface FeedArgs {
  readonly filter?: AuditEventFilter | null;
  readonly after?: string | null;
}

/** Checks that the follower may still read the trail, and that the read models are current. */
async function admit(context: GraphqlContext, standing: Standing): Promise<void> {
  Object.assign(context, standing);
  await context.readable();
  const refused = refusalOf(RULE, context);
  if (refused !== null) throw refused;
}

interface Following {
  readonly trail: LiveTrail;
  readonly watched: Watched;
  readonly filter: AuditFilter;
  readonly signal: AbortSignal;
  /** The last place of the trail. */
  readonly lastSeq: () => number;
  /** Pays for a page of a follower that catches up, and waits for its turn. */
  readonly pause: Pause;
}

/** Reads a page. Who catches up pays as for a page of `auditEvents`; what is recorded meanwhile is free. */
async function readPage(
  { trail, filter, lastSeq, pause }: Following,
  after: number,
  isBehind: boolean,
): Promise<LivePage> {
  if (isBehind) {
    const isFiltered = Object.keys(filter).length > 0;
    await pause(priceOfPage(TRAIL_PAGE, isFiltered, Math.min(PAGE, lastSeq() - after)));
  }
  return trail.read(filter, after);
}

/** The events of a trail after a place, one by one, as they are recorded. */
async function* eventsAfter(start: number, following: Following): AsyncGenerator<AuditEventView, void, void> {
  const { trail, watched, signal, lastSeq } = following;
  let isBehind = start < lastSeq();
  let [after, page, index] = [start, await readPage(following, start, isBehind), 0];
  for (;;) {
    await watched.admitted();
    if (page.version !== trail.version()) {
      // What was forgotten while the follower was slow is not shown any more.
      [page, index] = [await readPage(following, after, isBehind), 0];
      continue;
    }
    const view = page.views[index];
    if (view !== undefined) {
      [after, index] = [view.seq, index + 1];
      yield view;
      continue;
    }
    [after, isBehind] = [page.seen, page.isMore];
    if (!isBehind) await trail.changed(page.version, signal);
    [page, index] = [await readPage(following, after, isBehind), 0];
  }
}

/** The account's events as they are recorded; ends, with the reason, as soon as the session or token may not read them. */
async function* feed(
  context: GraphqlContext,
  live: Live,
  args: FeedArgs,
  { signal, end }: Life,
): AsyncGenerator<AuditEventView, void, void> {
  const { accountId } = readerOf(context);
  const filter = auditFilterOf(args.filter ?? null);
  const after = keyOf(AUDIT_LIST, args.after, 'after');
  const trail = live.trails.open(accountId);
  const watched = live.standing.watch(context, { admit: (standing) => admit(context, standing), end });
  try {
    await context.readable();
    const lastSeq = (): number => context.readModels.audit.lastSeq(accountId);
    const start = Number(after ?? lastSeq());
    yield* eventsAfter(start, { trail, watched, filter, signal, lastSeq, pause: pauseOf(context) });
  } finally {
    watched.release();
    trail.close();
  }
}

function subscribe(context: GraphqlContext, args: FeedArgs): AsyncIterable<AuditEventView> {
  const { live } = context;
  if (live === null) throw new Error('subscriptions are not answered here');
  return endAtOnce((life) => feed(context, live, args, life), live.takePlace());
}

@Resolver()
export class AuditSubscription {
  @Access(RULE)
  @Subscription(() => AuditEvent, {
    complexity: fixed(4),
    subscribe: ({ args, context }) => subscribe(context as GraphqlContext, args as FeedArgs),
    description: "The account's audit events as they are recorded, from a cursor on if one is given.",
  })
  auditEventRecorded(
    @Root() view: AuditEventView,
    @Arg('filter', () => AuditEventFilter, { nullable: true, description: 'Which events; all if left out.' })
    _filter: AuditEventFilter | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'Only what comes after this cursor; if left out, what is recorded from now on.',
    })
    _after: string | null,
  ): AuditEvent {
    return auditEventOf(view);
  }
}
