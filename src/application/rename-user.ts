import type { Rejection } from '../domain/rejection.js';
import { streamName } from '../domain/stream.js';
import type { RenameUser } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import { checkDisplayName, checkUsername, comparable } from '../domain/user/names.js';
import type { ActiveUser, UserState } from '../domain/user/state.js';
import type { Application } from './application.js';
import { executeAs, type Acting } from './execute-as.js';
import { doGuarded, type Challenged } from './guard.js';
import { reserveName, usernameIn } from './names.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refusals, refused, type Result } from './result.js';
import { managedSubject } from './subject.js';

export interface RenameUserInput {
  readonly userId: string;
  /** Null: as it is. */
  readonly username: string | null;
  /** Null: as it is. */
  readonly displayName: string | null;
  /** The challenge that was answered, where one was asked for. */
  readonly challengeId: string | null;
}

/** A name that was wanted is somebody else's; ends an execution that cannot go on. */
class NameLostError extends Error {
  constructor(readonly rejection: Rejection) {
    super(rejection.code);
  }
}

function checkInput({ username, displayName }: RenameUserInput): readonly Rejection[] {
  return refusals(
    username === null ? null : checkUsername(username),
    displayName === null ? null : checkDisplayName(displayName),
  );
}

function isCalled({ username }: ActiveUser, name: string): boolean {
  return comparable(username ?? '') === comparable(name);
}

function namesOf(user: ActiveUser, { username, displayName }: RenameUserInput) {
  return {
    username: username ?? user.username ?? '',
    displayName: displayName?.trim() ?? user.displayName ?? '',
  };
}

/** Sets the new name aside, at the version of the user that the rename will be appended at. */
async function setAside(app: Application, request: RequestContext, user: UserState, username: string): Promise<void> {
  if (user.status !== 'ACTIVE' || isCalled(user, username)) return;
  const { accountId, userId } = user;
  const holder = { accountId, userId, owner: streamName('user', userId) };
  const taken = await reserveName(app, request, usernameIn(accountId, username), holder);
  if (taken !== null) throw new NameLostError(taken);
}

async function takeOn(
  app: Application,
  request: RequestContext,
  acting: Acting,
  names: { readonly username: string; readonly displayName: string },
): Promise<Rejection | null> {
  try {
    const renamed = await executeAs(app, request, acting, {
      ...{ decider: userDecider, id: acting.subjectId },
      prepare: ({ state }) => setAside(app, request, state, names.username),
      command: (): RenameUser => ({ type: 'RenameUser', ...names }),
    });
    return renamed.accepted ? null : renamed.rejection;
  } catch (error) {
    if (error instanceof NameLostError) return error.rejection;
    throw error;
  }
}

/**
 * Renames a sub-user: the new name is set aside, then taken on in one append at the version that was read before. The old one
 * stays set aside, and is free: whoever takes over a name that is not used raises that version, so that a rename to it loses.
 */
export async function renameUser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: RenameUserInput,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const invalid = checkInput(input);
  if (invalid.length > 0) return refused(...invalid);
  const subject = await managedSubject(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  const { userId } = subject.user;
  const { username, displayName, challengeId } = input;
  const call = { operation: 'RENAME_USER', arguments: { userId, username, displayName }, challengeId } as const;
  return doGuarded({ app, request, acting: subject.acting }, call, async (acting) => {
    const rejection = await takeOn(app, request, acting, namesOf(subject.user, input));
    return rejection === null ? done({ userId }) : refused(rejection);
  });
}
