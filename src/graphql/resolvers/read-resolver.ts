import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { CurrentSession } from '../../application/request-context.js';
import type { AuditFilter } from '../../projections/audit/audit-queries.js';
import { Access, type Party } from '../access.js';
import { readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { connectionOf, PageArgs, pageRequestOf } from '../paging.js';
import { auditEventOf, type AuditEvent } from '../types/audit-event.js';
import { AuditEventConnection, UserConnection } from '../types/connections.js';
import { AuditEventFilter } from '../types/inputs.js';
import { Node } from '../types/node.js';
import { User, userOf } from '../types/user.js';
import { current, notFound } from './current.js';

/** Who reads the account's users and its trail. */
const READERS: readonly Party[] = ['PRIMARY', 'ADMIN', 'AUDITOR'];

function readsAccount({ user }: CurrentSession): boolean {
  return user.kind === 'PRIMARY' || (user.role !== null && READERS.includes(user.role));
}

function visibleUser(context: GraphqlContext, userId: string): User | null {
  const session = current(context);
  const visible = session.user.userId === userId || readsAccount(session);
  return visible ? readUser(context, session.user.accountId, userId) : null;
}

function visibleEvent(context: GraphqlContext, eventId: string): AuditEvent | null {
  const session = current(context);
  const event = readsAccount(session) ? context.readModels.audit.byId(session.user.accountId, eventId) : null;
  return event && auditEventOf(event);
}

function filterOf(filter: AuditEventFilter | null): AuditFilter {
  const { types, actorId, subjectId, outcome, since, until } = filter ?? {};
  return {
    ...(types && { types }),
    ...(typeof actorId === 'string' && { actorId }),
    ...(typeof subjectId === 'string' && { subjectId }),
    ...(outcome && { outcome }),
    ...(since && { since: since.toISOString() }),
    ...(until && { until: until.toISOString() }),
  };
}

@Resolver()
export class ReadResolver {
  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Query(() => Node, { nullable: true, description: 'Whatever has this id: a user, or an audit event.' })
  node(@Arg('id', () => ID, { description: 'The id.' }) id: string, @Ctx() context: GraphqlContext): User | AuditEvent {
    const found = visibleUser(context, id) ?? visibleEvent(context, id);
    if (found === null) throw notFound();
    return found;
  }

  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Query(() => User, {
    nullable: true,
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
    description: 'The users of the account, in the order of their creation.',
  })
  users(@Args(() => PageArgs) args: PageArgs, @Ctx() context: GraphqlContext): UserConnection {
    const now = context.app.now();
    const page = context.readModels.users.page(current(context).user.accountId, pageRequestOf('users', args));
    return connectionOf('users', page, { key: ({ position }) => position, node: (view) => userOf(view, now) });
  }

  @Access({ stages: ['FULL'], roles: READERS })
  @Query(() => AuditEventConnection, {
    nullable: true,
    description: 'The audit trail of the account, newest first: every event, the refusals too.',
  })
  auditEvents(
    @Arg('filter', () => AuditEventFilter, { nullable: true, description: 'Which events; all if left out.' })
    filter: AuditEventFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: GraphqlContext,
  ): AuditEventConnection {
    const { accountId } = current(context).user;
    const page = context.readModels.audit.page(accountId, filterOf(filter), pageRequestOf('audit', args));
    return connectionOf('audit', page, { key: ({ seq }) => seq, node: auditEventOf });
  }
}
