import { defaultFieldResolver, GraphQLError, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { Extensions, getMetadataStorage } from 'type-graphql';
import type { TokenReader } from '../application/authenticate-audit-token.js';
import type { CurrentSession } from '../application/request-context.js';
import { serviceWriterOf, takeUrgentWrite, takeWrite, writerOf, type Writer } from '../application/write-budgets.js';
import type { SessionStage } from '../domain/session/standing.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Role } from '../domain/user/events.js';
import type { Asker, GraphqlContext } from './context.js';

/** Where a request may stand: nobody signed in, or a session at a stage. */
export type Admission = 'ANONYMOUS' | SessionStage;

/** Who may act: the primary, sub-users by role, a program with an audit token, or another service with its credential. */
export type Party = 'PRIMARY' | Role | 'AUDIT_TOKEN' | 'SERVICE_CREDENTIAL';

/** Who may use a field, and at which stage. Everybody else is refused before its resolver runs. */
export interface AccessRule {
  readonly stages: readonly Admission[];
  /** `ANY`: whoever is signed in or may be nobody; audit tokens and service credentials are admitted only where they are named. */
  readonly roles: readonly Party[] | 'ANY';
  /** What a mutation is charged to; `WRITES` unless told otherwise. */
  readonly budget?: MutationBudget;
}

/**
 * `WRITES`: to the budgets of its session, user and account. `URGENT_WRITES`: to wide ones of its session and user, never to the
 * account's. `OF_ITS_OWN`: its handler takes from a budget of the address, as nobody is signed in.
 */
export type MutationBudget = 'WRITES' | 'URGENT_WRITES' | 'OF_ITS_OWN';

/** States who may use a root field or resolver method; one that states nothing keeps the service from starting. */
export function Access(access: AccessRule): MethodDecorator & PropertyDecorator {
  return Extensions({ access });
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function partyOf({ kind, role }: ActiveUser): Party {
  return kind === 'PRIMARY' || role === null ? 'PRIMARY' : role;
}

const STAGE_REFUSALS: Readonly<Record<SessionStage, () => GraphQLError>> = {
  MFA_CHALLENGE: () =>
    refusal('MFA_CHALLENGE_REQUIRED', 'Give the code of your virtual MFA device first, with answerMfaChallenge.'),
  MFA_ENROLLMENT: () =>
    refusal('MFA_ENROLLMENT_REQUIRED', 'Enable a virtual MFA device first, with startMfaEnrollment and enableMfa.'),
  PASSWORD_CHANGE: () =>
    refusal('PASSWORD_CHANGE_REQUIRED', 'Choose a password of your own first, with changePassword.'),
  FULL: () => refusal('FORBIDDEN', 'This is not for somebody who is signed in. Sign out first.'),
};

function admits({ roles }: AccessRule, party: Party): boolean {
  return roles !== 'ANY' && roles.includes(party);
}

function refusalOfToken(rule: AccessRule, { scopes }: TokenReader): GraphQLError | null {
  if (!admits(rule, 'AUDIT_TOKEN')) {
    return refusal('FORBIDDEN', 'An audit token reads the audit trail, and nothing else. Sign in as a user for this.');
  }
  return scopes.includes('READ') ? null : refusal('FORBIDDEN', 'This audit token lacks the READ scope.');
}

function refusalOfService(rule: AccessRule): GraphQLError | null {
  if (admits(rule, 'SERVICE_CREDENTIAL')) return null;
  return refusal('FORBIDDEN', 'A service credential redeems grants, and nothing else. Sign in as a user for this.');
}

function refusalOfNobody(rule: AccessRule): GraphQLError | null {
  if (rule.stages.includes('ANONYMOUS')) return null;
  if (admits(rule, 'SERVICE_CREDENTIAL')) {
    return refusal(
      'UNAUTHENTICATED',
      'Send a service credential that has not been revoked: Authorization: Bearer vsc_…',
    );
  }
  const or = admits(rule, 'AUDIT_TOKEN') ? ', or send an audit token that has neither expired nor been revoked' : '';
  return refusal('UNAUTHENTICATED', `Sign in first, with signIn${or}.`);
}

function refusalOfSession(rule: AccessRule, { stage, user }: CurrentSession): GraphQLError | null {
  if (!rule.stages.includes(stage)) return STAGE_REFUSALS[stage]();
  const admitted = rule.roles === 'ANY' || rule.roles.includes(partyOf(user));
  return admitted ? null : refusal('FORBIDDEN', 'Your role does not allow this.');
}

/** Why a rule refuses who asks, or null where it does not. */
export function refusalOf(
  rule: AccessRule,
  { session, tokenReader, serviceCaller }: Pick<Asker, 'session' | 'tokenReader' | 'serviceCaller'>,
): GraphQLError | null {
  if (session !== null) return refusalOfSession(rule, session);
  if (serviceCaller !== null) return refusalOfService(rule);
  return tokenReader === null ? refusalOfNobody(rule) : refusalOfToken(rule, tokenReader);
}

function ruleOf(field: GraphQLField<unknown, unknown>): AccessRule | undefined {
  return field.extensions.access as AccessRule | undefined;
}

/** Whether a field's own rule refuses who asks, so that nothing is read for it. */
export function isRefused(
  field: GraphQLField<unknown, unknown>,
  asker: Pick<Asker, 'session' | 'tokenReader' | 'serviceCaller'>,
): boolean {
  const rule = ruleOf(field);
  return rule !== undefined && refusalOf(rule, asker) !== null;
}

/** Nothing can be changed now, since the log is away. */
class LogAwayError extends Error {
  readonly code = 'LOG_AWAY';
}

/** Commands decide from streams: whom the read models alone know is let look, and change nothing. */
function refuseWhileAway({ sessionSource }: GraphqlContext): void {
  if (sessionSource === 'READ_MODELS') throw new LogAwayError('the log is away');
}

/** Who a mutation is charged to; null where nobody has proven who asks. */
function writerIn({ session, serviceCaller }: GraphqlContext): Writer | null {
  if (session !== null) return writerOf(session);
  return serviceCaller === null ? null : serviceWriterOf(serviceCaller);
}

/** Takes a mutation out of the budgets of who sends it, before anything is done. @throws {RateLimitedError} */
async function charge(context: GraphqlContext, { budget = 'WRITES' }: AccessRule): Promise<void> {
  const writer = writerIn(context);
  if (budget === 'OF_ITS_OWN') return;
  if (writer === null) throw new Error('a mutation is charged to nobody');
  await (budget === 'WRITES' ? takeWrite : takeUrgentWrite)(context.app.limits, writer);
}

type Root = 'QUERY' | 'MUTATION' | null;

function protect(field: GraphQLField<unknown, unknown>, rule: AccessRule, root: Root): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    const given = context as GraphqlContext;
    if (root === 'MUTATION') refuseWhileAway(given);
    const refused = refusalOf(rule, given);
    if (refused !== null) throw refused;
    if (root === null) return resolve(source, args, context, info);
    const ready = root === 'MUTATION' ? charge(given, rule) : given.readable();
    return ready.then(() => resolve(source, args, context, info));
  };
  const { subscribe } = field;
  if (subscribe === undefined) return;
  field.subscribe = (source, args, context, info) => {
    const refused = refusalOf(rule, context as GraphqlContext);
    if (refused !== null) throw refused;
    return subscribe(source, args, context, info);
  };
}

/**
 * Every mutation is charged to somebody.
 * @throws where a mutation that needs no session names no budget of its own, or one that needs a session does
 */
function checkBudget(name: string, { stages, budget }: AccessRule): void {
  if (stages.includes('ANONYMOUS') === (budget === 'OF_ITS_OWN')) return;
  throw new Error(`${name} is charged to nobody: give its @Access a budget, of its own where nobody is signed in`);
}

/** The fields of other types that have a resolver method, as `Type.field`. */
function fieldsWithMethods(): ReadonlySet<string> {
  const { fieldResolvers, objectTypes } = getMetadataStorage();
  const names = fieldResolvers.map(({ getObjectType, target, schemaName }) => {
    const type = getObjectType?.() ?? target;
    return `${objectTypes.find((metadata) => metadata.target === type)?.name ?? ''}.${schemaName}`;
  });
  return new Set(names);
}

/**
 * Puts every rule in front of its field, wherever the field is reached from.
 * @throws where a root field or a resolver method states no rule
 */
export function enforceAccess(schema: GraphQLSchema): GraphQLSchema {
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()];
  const roots = new Set([query, mutation, schema.getSubscriptionType()]);
  const rootOf = (type: unknown): Root => (type === query ? 'QUERY' : type === mutation ? 'MUTATION' : null);
  const methods = fieldsWithMethods();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const rule = ruleOf(field);
      if (rule !== undefined) {
        if (type === mutation) checkBudget(field.name, rule);
        protect(field, rule, rootOf(type));
      } else if (roots.has(type) || methods.has(`${type.name}.${field.name}`)) {
        throw new Error(`${type.name}.${field.name} does not say who may use it: give it an @Access`);
      }
    }
  }
  return schema;
}
