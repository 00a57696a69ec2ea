import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { UserFilter as Filter, UserOrder as Order } from '../../projections/users/user-queries.js';
import { Access } from '../access.js';
import { readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { AUDIT_LIST } from '../cursor.js';
import { connectionOf, PageArgs, pageRequestOf } from '../paging.js';
import { auditEventOf, type AuditEvent } from '../types/audit-event.js';
import { AuditEventConnection, UserConnection } from '../types/connections.js';
import { AuditEventOrderEnum, type AuditEventOrder } from '../types/enums.js';
import { AuditEventFilter, UserFilter, UserOrder } from '../types/filters.js';
import { Node } from '../types/node.js';
import { sessionOf, type Session } from '../types/session.js';
import { User, userOf } from '../types/user.js';
import { auditFilterOf } from './audit-filter.js';
import { current, notFound } from './current.js';
import { EVERYBODY, READERS, readerOf, TRAIL_READERS } from './readers.js';
import { fixed, pageOf, TRAIL_PAGE } from '../costs/weights.js';

function visibleUser(context: GraphqlContext, userId: string): User | null {
  if (context.session === null) return null;
  const { accountId, id, readsAccount } = readerOf(context);
  return id === userId || readsAccount ? readUser(context, accountId, userId) : null;
}

function visibleSession(context: GraphqlContext, sessionId: string): Session | null {
  if (context.session === null) return null;
  const { user, sessionId: own } = context.session;
  const view = context.readModels.sessions.byId(user.accountId, sessionId, context.app.now());
  const visible = view?.userId === user.userId || user.kind === 'PRIMARY' || user.role === 'ADMIN';
  return view !== null && visible ? sessionOf(view, sessionId === own) : null;
}

function visibleEvent(context: GraphqlContext, eventId: string): AuditEvent | null {
  const { accountId, readsAccount } = readerOf(context);
  const event = readsAccount ? context.readModels.audit.byId(accountId, eventId) : null;
  return event && auditEventOf(event);
}

const OLDEST_FIRST: Order = { by: 'CREATED_AT', direction: 'ascending' };

function orderOf(order: UserOrder | null): Order {
  if (order === null) return OLDEST_FIRST;
  return { by: order.by, direction: order.direction === 'ASC' ? 'ascending' : 'descending' };
}

/** A search for nothing in particular finds everybody. */
function userFilterOf(filter: UserFilter | null): Filter {
  const given = Object.entries(filter ?? {}).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  return Object.fromEntries(given);
}

@Resolver()
export class ReadResolver {
  @Access({ stages: ['FULL'], roles: EVERYBODY })
  @Query(() => Node, {
    nullable: true,
    complexity: fixed(4.5),
    description:
      'Whatever has this id: a user, a session, or an audit event; for an audit token, an audit event alone.',
  })
  node(@Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() context: GraphqlContext): Node {
    const found: Node | null = visibleUser(context, id) ?? visibleSession(context, id) ?? visibleEvent(context, id);
    if (found === null) throw notFound();
    return found;
  }

  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Query(() => User, {
    nullable: true,
    complexity: fixed(1.5),
    description: 'A user of the account: oneself, or any for those who read the account.',
  })
  user(@Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() context: GraphqlContext): User {
    const found = visibleUser(context, id);
    if (found === null) throw notFound();
    return found;
  }

  @Access({ stages: ['FULL'], roles: READERS })
  @Query(() => UserConnection, {
    nullable: true,
    complexity: pageOf({ page: 3, filtered: 20, entry: 0.2 }),
    description: 'The users of the account, oldest first unless ordered otherwise.',
  })
  users(
    @Arg('filter', () => UserFilter, { nullable: true, description: 'Which users; all if left out.' })
    filter: UserFilter | null,
    @Arg('orderBy', () => UserOrder, { nullable: true, description: 'In which order.' })
    orderBy: UserOrder | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: GraphqlContext,
  ): UserConnection {
    const now = context.app.now();
    const order = orderOf(orderBy ?? null);
    const list = `users ${order.by} ${order.direction}`;
    const { accountId } = current(context).user;
    const page = context.readModels.users.page(
      accountId,
      { ...userFilterOf(filter), now },
      order,
      pageRequestOf(list, args),
    );
    return connectionOf(list, page, {
      key: ({ position, usernameKey }) => (order.by === 'CREATED_AT' ? position : usernameKey),
      node: (view) => userOf(view, now),
    });
  }

  @Access({ stages: ['FULL'], roles: TRAIL_READERS })
  @Query(() => AuditEventConnection, {
    nullable: true,
    complexity: pageOf(TRAIL_PAGE),
    description:
      'The audit trail of the account, newest first unless ordered otherwise: every event, the refusals too. A page looks at a bounded number of events: by an unusual combination of filters it may have fewer than were asked for, or none. As long as `hasNextPage` is true, `endCursor` goes on exactly where it stopped.',
  })
  auditEvents(
    @Arg('filter', () => AuditEventFilter, { nullable: true, description: 'Which events; all if left out.' })
    filter: AuditEventFilter | null,
    @Arg('orderBy', () => AuditEventOrderEnum, {
      defaultValue: 'NEWEST_FIRST',
      description: 'Which end comes first; a cursor of one order may be used in the other.',
    })
    orderBy: AuditEventOrder,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: GraphqlContext,
  ): AuditEventConnection {
    const { accountId } = readerOf(context);
    const order = orderBy === 'OLDEST_FIRST' ? 'ascending' : 'descending';
    const request = pageRequestOf(AUDIT_LIST, args);
    const page = context.readModels.audit.page(accountId, auditFilterOf(filter), request, order);
    return connectionOf(AUDIT_LIST, page, { key: ({ seq }) => seq, node: auditEventOf });
  }
}
