import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type FieldNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

function rootFields(
  { selections }: SelectionSetNode,
  context: ValidationContext,
  path: ReadonlySet<string> = new Set(),
): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet, context, path);
    const name = selection.name.value;
    const fragment = context.getFragment(name);
    if (!fragment || path.has(name)) return [];
    return rootFields(fragment.selectionSet, context, new Set([...path, name]));
  });
}

/** One request, one attempt: an operation may hold one mutation, counted through fragments, so that no request tries two codes. */
export function oneMutation(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.MUTATION) return;
      const fields = rootFields(operation.selectionSet, context);
      if (fields.length <= 1) return;
      const message = 'An operation may hold one mutation. Send each in a request of its own.';
      context.reportError(new GraphQLError(message, { nodes: fields }));
    },
  };
}
