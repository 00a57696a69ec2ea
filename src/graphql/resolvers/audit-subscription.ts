import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import type { AuditEventView, AuditFilter } from '../../projections/audit/audit-queries.js';
import { Access, refusalOf, type AccessRule } from '../access.js';
import type { GraphqlContext } from '../context.js';
import { AUDIT_LIST, keyOf } from '../cursor.js';
import { AuditEvent, auditEventOf } from '../types/audit-event.js';
import { AuditEventFilter } from '../types/filters.js';
import { auditFilterOf } from './audit-filter.js';
import { current } from './current.js';
import { READERS } from './readers.js';

const RULE: AccessRule = { stages: ['FULL'], roles: READERS };
const PAGE = 100;

interface FeedArgs {
  readonly filter?: AuditEventFilter | null;
  readonly after?: string | null;
}

/** Looks at the session anew: what was allowed when the feed began may not be any more, nor what is read be current. */
async function admitAgain(context: GraphqlContext, sessionId: string): Promise<void> {
  await context.readable();
  context.session = await context.sessionNow(sessionId);
  const refused = refusalOf(RULE, context.session);
  if (refused !== null) throw refused;
}

/** What came after a place, as far as one page goes, and the place up to which that is all there is. */
function following(context: GraphqlContext, filter: AuditFilter, seen: number) {
  const { audit } = context.readModels;
  const { accountId } = current(context).user;
  const last = audit.lastSeq(accountId);
  const events = seen < last ? audit.following(accountId, filter, seen, PAGE) : [];
  const isFull = events.length === PAGE;
  const end = events.at(-1)?.seq ?? seen;
  return { events, isFull, seen: isFull ? end : Math.max(seen, last, end) };
}

/** The account's events as they are recorded; ends, with the reason, as soon as the session may not read them. */
async function* feed(context: GraphqlContext, { filter, after }: FeedArgs): AsyncGenerator<AuditEventView> {
  const { user, sessionId } = current(context);
  const narrowed = auditFilterOf(filter ?? null);
  await context.readable();
  let seen = Number(keyOf(AUDIT_LIST, after, 'after') ?? context.readModels.audit.lastSeq(user.accountId));
  for (;;) {
    const page = following(context, narrowed, seen);
    for (const event of page.events) {
      await admitAgain(context, sessionId);
      yield event;
    }
    seen = page.seen;
    if (!page.isFull) await context.moreToRead();
    await admitAgain(context, sessionId);
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
