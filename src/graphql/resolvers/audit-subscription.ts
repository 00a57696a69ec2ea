import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { AuditFilter } from '../../projections/audit/audit-filter.js';
import type { AuditEventView } from '../../projections/audit/audit-view.js';
import { Access, refusalOf, type AccessRule } from '../access.js';
import { lookAgain, type GraphqlContext } from '../context.js';
import { AUDIT_LIST, keyOf } from '../cursor.js';
import { AuditEvent, auditEventOf } from '../types/audit-event.js';
import { AuditEventFilter } from '../types/filters.js';
import { auditFilterOf } from './audit-filter.js';
import { readerOf, TRAIL_READERS } from './readers.js';
import { fixed } from '../costs/weights.js';

const RULE: AccessRule = { stages: ['FULL'], roles: TRAIL_READERS };
const PAGE = 100;

interface FeedArgs {
  readonly filter?: AuditEventFilter | null;
  readonly after?: string | null;
}

/** Looks anew at who follows: what was allowed when the feed began may not be any more, nor what is read be current. */
async function admitAgain(context: GraphqlContext): Promise<void> {
  await context.readable();
  await lookAgain(context);
  const refused = refusalOf(RULE, context);
  if (refused !== null) throw refused;
}

/** What came after a place, as far as was looked, and whether there is more already. */
function following(context: GraphqlContext, filter: AuditFilter, after: number) {
  const { audit } = context.readModels;
  const { accountId } = readerOf(context);
  const { views, seen } = audit.follow(accountId, filter, after, PAGE);
  return { views, seen, isMore: seen < audit.lastSeq(accountId) };
}

/** The account's events as they are recorded; ends, with the reason, as soon as the session or token may not read them. */
async function* feed(context: GraphqlContext, { filter, after }: FeedArgs): AsyncGenerator<AuditEventView> {
  const { accountId } = readerOf(context);
  const narrowed = auditFilterOf(filter ?? null);
  await context.readable();
  let seen = Number(keyOf(AUDIT_LIST, after, 'after') ?? context.readModels.audit.lastSeq(accountId));
  for (;;) {
    const page = following(context, narrowed, seen);
    for (const { seq } of page.views) {
      await admitAgain(context);
      // Read again: what was forgotten while others were waited for is not shown any more.
      yield* context.readModels.audit.follow(accountId, {}, seq - 1, 1).views;
    }
    seen = page.seen;
    if (!page.isMore) await context.moreToRead();
    await admitAgain(context);
  }
}

@Resolver()
export class AuditSubscription {
  @Access(RULE)
  @Subscription(() => AuditEvent, {
    complexity: fixed(4),
    subscribe: ({ args, context }) => feed(context as GraphqlContext, args as FeedArgs),
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
