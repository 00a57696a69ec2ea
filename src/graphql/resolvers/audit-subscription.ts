import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { AuditEventView, AuditFilter } from '../../projections/audit/audit-queries.js';
import { Access, refusalOf, type AccessRule } from '../access.js';
import { lookAgain, type GraphqlContext } from '../context.js';
import { AUDIT_LIST, keyOf } from '../cursor.js';
import { AuditEvent, auditEventOf } from '../types/audit-event.js';
import { AuditEventFilter } from '../types/filters.js';
import { auditFilterOf } from './audit-filter.js';
import { readerOf, TRAIL_READERS } from './readers.js';

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

/** What came after a place, as far as one page goes, and the place up to which that is all there is. */
function following(context: GraphqlContext, filter: AuditFilter, seen: number) {
  const { audit } = context.readModels;
  const { accountId } = readerOf(context);
  const last = audit.lastSeq(accountId);
  const events = seen < last ? audit.following(accountId, filter, seen, PAGE) : [];
  const isFull = events.length === PAGE;
  const end = events.at(-1)?.seq ?? seen;
  return { events, isFull, seen: isFull ? end : Math.max(seen, last, end) };
}

/** The account's events as they are recorded; ends, with the reason, as soon as the session or token may not read them. */
async function* feed(context: GraphqlContext, { filter, after }: FeedArgs): AsyncGenerator<AuditEventView> {
  const { accountId } = readerOf(context);
  const narrowed = auditFilterOf(filter ?? null);
  await context.readable();
  let seen = Number(keyOf(AUDIT_LIST, after, 'after') ?? context.readModels.audit.lastSeq(accountId));
  for (;;) {
    const page = following(context, narrowed, seen);
    for (const event of page.events) {
      await admitAgain(context);
      yield event;
    }
    seen = page.seen;
    if (!page.isFull) await context.moreToRead();
    await admitAgain(context);
  }
}

@Resolver()
export class AuditSubscription {
  @Access(RULE)
  @Subscription(() => AuditEvent, {
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
