import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';

/** Refuses `__schema`; `__type` and `__typename` stay, which clients ask for. The schema is public: `schema.graphql`. */
export function noSchemaIntrospection(context: ValidationContext): ASTVisitor {
  return {
    Field(field) {
      if (field.name.value !== '__schema') return;
      const message = 'The schema cannot be asked for here. It is published with the service, as schema.graphql.';
      context.reportError(new GraphQLError(message, { nodes: field }));
    },
  };
}
