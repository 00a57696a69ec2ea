import { mayAssign } from '../domain/access.js';
import type { Rejection } from '../domain/rejection.js';
import { streamName } from '../domain/stream.js';
import { userDecider, type CreateUser } from '../domain/user/decider.js';
import type { Role } from '../domain/user/events.js';
import { checkDisplayName, checkEmail, checkUsername } from '../domain/user/names.js';
import type { Application } from './application.js';
import { byUser } from './authorship.js';
import { execute } from './execute.js';
import { isFree, reserveName, type Name } from './names.js';
import { checkPassword, storeCredentials } from './new-credentials.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refusals, refused, type Result } from './result.js';

export interface CreateSubUserInput {
  readonly username: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly password: string;
  readonly role: Role;
}

async function checkInput(app: Application, input: CreateSubUserInput, name: Name): Promise<readonly Rejection[]> {
  const invalid = refusals(
    checkUsername(input.username),
    input.displayName === null ? null : checkDisplayName(input.displayName),
    input.email === null ? null : checkEmail(input.email),
    await checkPassword(app, input.password),
  );
  if (invalid.length > 0) return invalid;
  return (await isFree(app, name)) ? [] : [{ code: 'USERNAME_TAKEN' }];
}

/** Creates a sub-user: by the primary, or by an `ADMIN`, who cannot make another `ADMIN`. */
export async function createSubUser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: CreateSubUserInput,
): Promise<Result<{ readonly userId: string }>> {
  if (mayAssign(current.user, input.role) !== 'ALLOWED') return refused({ code: 'FORBIDDEN' });
  const { accountId } = current.user;
  const name: Name = { kind: 'USERNAME', within: accountId, name: input.username };
  const invalid = await checkInput(app, input, name);
  if (invalid.length > 0) return refused(...invalid);
  const userId = app.newId();
  const taken = await reserveName(app, request, name, { accountId, userId, owner: streamName('user', userId) });
  if (taken !== null) return refused(taken);
  const credentials = await storeCredentials(app, input.password);
  const { username, role } = input;
  const created = await execute(app, request, {
    decider: userDecider,
    id: userId,
    by: byUser(current, credentials.personId),
    command: (): CreateUser => ({
      type: 'CreateUser',
      ...{ accountId, userId, username, role, ...credentials },
      kind: 'SUB_USER',
      displayName: input.displayName?.trim() ?? username,
      email: input.email?.trim() ?? null,
    }),
  });
  return created.accepted ? done({ userId }) : refused(created.rejection);
}
