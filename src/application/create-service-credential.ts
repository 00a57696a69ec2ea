import { accountDecider } from '../domain/account/decider.js';
import { checkCredentialRoom, type CreateServiceCredential } from '../domain/account/service-credentials.js';
import { checkService } from '../domain/operation/service-operation.js';
import type { Rejection } from '../domain/rejection.js';
import { checkCredentialName } from '../domain/user/names.js';
import type { Application } from './application.js';
import { actingAsPrimary, executeAs, type Acting } from './execute-as.js';
import { load } from './execute.js';
import { guard, notVerified, type Challenged } from './guard.js';
import { ownedId } from './owned-id.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refusals, refused, type Result } from './result.js';
import { serviceCredentialForm } from './service-credential.js';
import { newSessionSecret, secretDigestOf } from './session-token.js';

export interface CreateServiceCredentialInput {
  readonly name: string;
  readonly service: string;
  readonly challengeId: string | null;
}

/** A credential that has just been made: what its service is told once. */
export interface IssuedServiceCredential {
  readonly credentialId: string;
  readonly credential: string;
}

async function checkInput(
  app: Application,
  accountId: string,
  { name, service }: CreateServiceCredentialInput,
): Promise<readonly Rejection[]> {
  const invalid = refusals(checkCredentialName(name), checkService(service));
  if (invalid.length > 0) return invalid;
  const { state } = await load(app, accountDecider, accountId);
  return refusals(
    state.status === 'REGISTERED' ? checkCredentialRoom(state.serviceCredentials) : { code: 'NOT_FOUND' },
  );
}

async function issue(
  app: Application,
  request: RequestContext,
  acting: Acting,
  wanted: { readonly name: string; readonly service: string; readonly challengeId: string },
): Promise<Result<IssuedServiceCredential>> {
  const { accountId } = acting.current.user;
  // The id says whose it is, so that the credential alone leads to the stream that it is checked in.
  const credentialId = ownedId(app, accountId);
  const secret = newSessionSecret(app);
  const created = await executeAs(app, request, acting, {
    ...{ decider: accountDecider, id: accountId },
    command: (): CreateServiceCredential => ({
      type: 'CreateServiceCredential',
      ...{ ...wanted, accountId, credentialId },
      secretDigest: secretDigestOf(secret),
    }),
  });
  if (!created.accepted) return refused(created.rejection);
  return done({ credentialId, credential: serviceCredentialForm.format({ id: credentialId, secret }) });
}

/**
 * Makes a credential by which another service redeems grants, after a verification: by the primary. Its name is sealed under the
 * primary's key; its secret is in the answer and nowhere else.
 */
export async function createServiceCredential(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: CreateServiceCredentialInput,
): Promise<Result<Challenged<IssuedServiceCredential>>> {
  if (current.user.kind !== 'PRIMARY') return refused({ code: 'FORBIDDEN' });
  const invalid = await checkInput(app, current.user.accountId, input);
  if (invalid.length > 0) return refused(...invalid);
  const [name, service] = [input.name.trim(), input.service];
  const acting = actingAsPrimary(current);
  const guarded = await guard(app, request, acting, {
    operation: 'CREATE_SERVICE_CREDENTIAL',
    arguments: { name, service },
    challengeId: input.challengeId,
  });
  if (!guarded.verified) return notVerified(guarded);
  const issued = await issue(app, request, acting, { name, service, challengeId: guarded.challengeId });
  return issued.ok ? done({ challenge: null, ...issued.value }) : refused(...issued.rejections);
}
