import { setImmediate as nextTurn } from 'node:timers/promises';
import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { AuditFilter } from '../../projections/audit/audit-filter.js';
import type { AuditEventView } from '../../projections/audit/audit-view.js';
import type { LiveTrail } from '../../projections/audit/live-trails.js';
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
import { fixed } from '../costs/weights.js';

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
}

/** The events of a trail after a place, one by one, as they are recorded. */
async function* eventsAfter(
  start: number,
  { trail, watched, filter, signal }: Following,
): AsyncGenerator<AuditEventView, void, void> {
  let [after, page, index] = [start, trail.read(filter, start), 0];
  for (;;) {
    await watched.admitted();
    if (page.version !== trail.version()) {
      // What was forgotten while the follower was slow is not shown any more.
      [page, index] = [trail.read(filter, after), 0];
    }
    const view = page.views[index];
    if (view !== undefined) {
      [after, index] = [view.seq, index + 1];
      yield view;
      continue;
    }
    after = page.seen;
    // A filter that finds little has much to look at: others have their turn in between.
    await (page.isMore ? nextTurn() : trail.changed(page.version, signal));
    [page, index] = [trail.read(filter, after), 0];
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
    const start = Number(after ?? context.readModels.audit.lastSeq(accountId));
    yield* eventsAfter(start, { trail, watched, filter, signal });
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
