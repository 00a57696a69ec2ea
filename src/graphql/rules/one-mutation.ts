import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type FieldNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

/** The first two fields of a selection set, counted through fragments. */
type FirstFields = (selectionSet: SelectionSetNode) => readonly FieldNode[];

/** Walks each fragment once, however often it is spread: a short document can spread one more often than anybody can count. */
function findFirstFields(context: ValidationContext): FirstFields {
  const known = new Map<string, readonly FieldNode[]>();
  const inFragment = (name: string): readonly FieldNode[] => {
    const before = known.get(name);
    if (before !== undefined) return before;
    // A fragment that spreads itself adds nothing.
    known.set(name, []);
    const fragment = context.getFragment(name);
    const fields = fragment ? firstFields(fragment.selectionSet) : [];
    known.set(name, fields);
    return fields;
  };
  const firstFields: FirstFields = ({ selections }) => {
    const fields: FieldNode[] = [];
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) fields.push(...firstFields(selection.selectionSet));
      else fields.push(...inFragment(selection.name.value));
      if (fields.length >= 2) break;
    }
    return fields.slice(0, 2);
  };
  return firstFields;
}

/** One request, one attempt: an operation may hold one mutation, counted through fragments, so that no request tries two codes. */
export function oneMutation(context: ValidationContext): ASTVisitor {
  const firstFields = findFirstFields(context);
  return {
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.MUTATION) return;
      const fields = firstFields(operation.selectionSet);
      if (fields.length <= 1) return;
      const message = 'An operation may hold one mutation. Send each in a request of its own.';
      context.reportError(new GraphQLError(message, { nodes: fields }));
    },
  };
}
