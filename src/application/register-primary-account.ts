import { accountDecider, type RegisterPrimaryAccount } from '../domain/account/decider.js';
import type { Rejection } from '../domain/rejection.js';
import { streamName } from '../domain/stream.js';
import type { CreateUser } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import { checkAlias, checkEmail } from '../domain/user/names.js';
import type { Application } from './application.js';
import { byStranger } from './authorship.js';
import { execute } from './execute.js';
import { isFree, reserveName, type Name } from './names.js';
import { checkPassword, storeCredentials, type NewCredentials } from './new-credentials.js';
import type { RequestContext } from './request-context.js';
import { takeOfAddress } from './request-limits.js';
import { done, refusals, refused, type Result } from './result.js';

export interface RegisterPrimaryAccountInput {
  readonly alias: string;
  readonly email: string;
  readonly password: string;
}

export interface RegisteredAccount {
  readonly accountId: string;
  readonly userId: string;
}

function namesOf(input: RegisterPrimaryAccountInput): readonly Name[] {
  return [
    { kind: 'ALIAS', within: null, name: input.alias },
    { kind: 'EMAIL', within: null, name: input.email },
  ];
}

async function checkInput(app: Application, input: RegisterPrimaryAccountInput): Promise<readonly Rejection[]> {
  const invalid = refusals(checkAlias(input.alias), checkEmail(input.email), await checkPassword(app, input.password));
  if (invalid.length > 0) return invalid;
  const [alias, email] = await Promise.all(namesOf(input).map((name) => isFree(app, name)));
  return refusals(alias === true ? null : { code: 'ALIAS_TAKEN' }, email === true ? null : { code: 'EMAIL_TAKEN' });
}

// Always in the same order: of two racing registrations that want both names, the one that closed the other goes on.
async function reserveNames(
  app: Application,
  request: RequestContext,
  input: RegisterPrimaryAccountInput,
  { accountId, userId }: RegisteredAccount,
): Promise<Rejection | null> {
  const holder = { accountId, userId, owner: streamName('account', accountId) };
  for (const name of namesOf(input)) {
    const rejection = await reserveName(app, request, name, holder);
    if (rejection !== null) return rejection;
  }
  return null;
}

async function createPrimary(
  app: Application,
  request: RequestContext,
  input: RegisterPrimaryAccountInput,
  ids: RegisteredAccount & NewCredentials,
): Promise<Rejection | null> {
  const { accountId, userId } = ids;
  const username = input.email.trim();
  const by = byStranger(ids);
  const created = await execute(app, request, {
    decider: userDecider,
    id: userId,
    by,
    command: (): CreateUser => ({
      type: 'CreateUser',
      ...ids,
      kind: 'PRIMARY',
      role: null,
      username,
      displayName: input.alias,
      email: username,
    }),
  });
  if (!created.accepted) return created.rejection;
  const registered = await execute(app, request, {
    decider: accountDecider,
    id: accountId,
    by,
    command: (): RegisterPrimaryAccount => ({
      type: 'RegisterPrimaryAccount',
      ...{ accountId, userId, alias: input.alias },
      auditOrigin: app.auditOriginOf(accountId),
    }),
  });
  return registered.accepted ? null : registered.rejection;
}

/**
 * Registers a primary account and its user. Names, then secrets, then the user, then the account: that last append is what
 * makes it so, and everything before it is harmless if it never comes.
 * @throws {RateLimitedError} where too many were tried from that address
 */
export async function registerPrimaryAccount(
  app: Application,
  request: RequestContext,
  input: RegisterPrimaryAccountInput,
): Promise<Result<RegisteredAccount>> {
  await takeOfAddress(app.limits, 'REGISTRATIONS_OF_ADDRESS', request.from.ip ?? null);
  const invalid = await checkInput(app, input);
  if (invalid.length > 0) return refused(...invalid);
  const ids = { accountId: app.newId(), userId: app.newId() };
  const taken = await reserveNames(app, request, input, ids);
  if (taken !== null) return refused(taken);
  const credentials = await storeCredentials(app, ids.userId, input.password);
  const rejection = await createPrimary(app, request, input, { ...ids, ...credentials });
  return rejection === null ? done(ids) : refused(rejection);
}
