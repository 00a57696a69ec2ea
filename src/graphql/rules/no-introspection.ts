import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';

/** The fields that tell about the schema. `__typename` tells about an answer, and clients ask for it. */
const INTROSPECTION = new Set(['__schema', '__type']);

/** Refuses introspection. The schema is public: `schema.graphql`. */
export function noIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(field) {
      if (!INTROSPECTION.has(field.name.value)) return;
      const message = 'The schema cannot be asked for here. It is published with the service, as schema.graphql.';
      context.reportError(new GraphQLError(message, { nodes: field }));
    },
  };
}
