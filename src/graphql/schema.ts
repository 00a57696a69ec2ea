import 'reflect-metadata';
import { extendSchema, isObjectType, parse, type GraphQLSchema } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { buildSchema, type PubSub } from 'type-graphql';
import { enforceAccess } from './access.js';
import { stateCosts } from './costs/state-costs.js';
import { boundTexts } from './text-limits.js';
import { AccountResolver } from './resolvers/account-resolver.js';
import { AuditProofResolver } from './resolvers/audit-proof-resolver.js';
import { AuditTokenResolver } from './resolvers/audit-token-resolver.js';
import { AuditSubscription } from './resolvers/audit-subscription.js';
import { GrantResolver } from './resolvers/grant-resolver.js';
import { LookBackResolver } from './resolvers/look-back-resolver.js';
import { MfaResolver } from './resolvers/mfa-resolver.js';
import { PasswordResolver } from './resolvers/password-resolver.js';
import { PolicyPreviewResolver } from './resolvers/policy-preview-resolver.js';
import { PolicyResolver } from './resolvers/policy-resolver.js';
import { ReadResolver } from './resolvers/read-resolver.js';
import { ServiceCredentialResolver } from './resolvers/service-credential-resolver.js';
import { RecoveryResolver } from './resolvers/recovery-resolver.js';
import { SessionResolver } from './resolvers/session-resolver.js';
import { UserResolver } from './resolvers/user-resolver.js';
import { PAYLOAD_TYPES } from './types/payloads.js';
import { InputError, MfaError, ThrottledError, VerificationRequiredError } from './types/user-error.js';
import { withAuditDetails } from './types/audit-details.js';
import { AuditEvent } from './types/audit-event.js';
import { Session } from './types/session.js';
import { User } from './types/user.js';

const QUERY_FIELD = `
  "Everything that can be asked, as it is after this mutation: under the same rules as at the root."
  query: Query`;

/** Subscriptions read the log's index and know no topics; type-graphql asks for something that does. */
const noTopics: PubSub = {
  publish() {
    throw new Error('there are no topics');
  },
  subscribe() {
    throw new Error('there are no topics');
  },
};

/** Gives every payload its field `query`; a class for it would clash with the root type of that name. */
function withQueryOnPayloads(schema: GraphQLSchema): GraphQLSchema {
  const extended = extendSchema(
    schema,
    parse(PAYLOAD_TYPES.map((name) => `extend type ${name} { ${QUERY_FIELD} }`).join('\n')),
  );
  for (const name of PAYLOAD_TYPES) {
    const type = extended.getType(name);
    const field = isObjectType(type) ? type.getFields().query : undefined;
    if (field !== undefined) field.resolve = () => ({});
  }
  return extended;
}

/**
 * Puts the schema together: types, resolvers, and the access rule of every field in front of it.
 * @throws where a root field or resolver method states no access rule, or not what it costs
 */
export async function buildGraphqlSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      SessionResolver,
      AccountResolver,
      UserResolver,
      PasswordResolver,
      MfaResolver,
      ReadResolver,
      RecoveryResolver,
      LookBackResolver,
      AuditProofResolver,
      AuditSubscription,
      AuditTokenResolver,
      ServiceCredentialResolver,
      GrantResolver,
      PolicyResolver,
      PolicyPreviewResolver,
    ],
    orphanedTypes: [InputError, MfaError, ThrottledError, VerificationRequiredError, User, Session, AuditEvent],
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    validate: false,
    // It asks the schema for all of itself, which takes a tenth of the start; Apollo Server refuses a schema that is not sound.
    skipCheck: true,
    pubSub: noTopics,
  });
  return enforceAccess(boundTexts(stateCosts(withQueryOnPayloads(withAuditDetails(schema)))));
}
