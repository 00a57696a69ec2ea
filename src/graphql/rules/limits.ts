import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** Bounds on one document. Each counts a fragment every time that it is spread. */
export interface DocumentLimits {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
}

interface Counts {
  depth: number;
  fields: number;
  aliases: number;
  directives: number;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

interface Walk {
  readonly fragments: Fragments;
  readonly counts: Counts;
  readonly limits: DocumentLimits;
  /** Fragments that are being walked, so that a circle of them ends. */
  readonly path: ReadonlySet<string>;
}

function isExceeded({ counts, limits }: Walk): boolean {
  return Object.keys(limits).some((name) => counts[name as keyof Counts] > limits[name as keyof Counts]);
}

// Introspection is larger than any other question and answers from memory. What could make it explode is bounded by GraphQL's own
// MaxIntrospectionDepthRule, and what it says by the bound on tokens.
function isIntrospection(name: string): boolean {
  return name.startsWith('__');
}

function walkSelections({ selections }: SelectionSetNode, walk: Walk, depth: number): void {
  for (const selection of selections) {
    if (isExceeded(walk)) return;
    walk.counts.directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FRAGMENT_SPREAD) walkSpread(selection.name.value, walk, depth);
    else if (selection.kind === Kind.INLINE_FRAGMENT) walkSelections(selection.selectionSet, walk, depth);
    else walkField(selection, walk, depth);
  }
}

function walkField({ name, alias, selectionSet }: FieldNode, walk: Walk, depth: number): void {
  walk.counts.fields += 1;
  walk.counts.aliases += alias === undefined ? 0 : 1;
  if (isIntrospection(name.value)) return;
  walk.counts.depth = Math.max(walk.counts.depth, depth + 1);
  if (selectionSet !== undefined) walkSelections(selectionSet, walk, depth + 1);
}

function walkSpread(name: string, walk: Walk, depth: number): void {
  const fragment = walk.fragments.get(name);
  if (fragment === undefined || walk.path.has(name)) return;
  walk.counts.directives += fragment.directives?.length ?? 0;
  walkSelections(fragment.selectionSet, { ...walk, path: new Set([...walk.path, name]) }, depth);
}

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

const UNITS: Readonly<Record<keyof DocumentLimits, string>> = {
  depth: 'levels deep',
  fields: 'fields',
  aliases: 'aliases',
  directives: 'directives',
};

function complaints(operation: OperationDefinitionNode, fragments: Fragments, limits: DocumentLimits): string[] {
  const counts: Counts = { depth: 0, fields: 0, aliases: 0, directives: operation.directives?.length ?? 0 };
  walkSelections(operation.selectionSet, { fragments, counts, limits, path: new Set() }, 0);
  return (Object.keys(limits) as (keyof DocumentLimits)[])
    .filter((name) => counts[name] > limits[name])
    .map(
      (name) => `An operation may have at most ${limits[name]} ${UNITS[name]}. Ask for less, or in several requests.`,
    );
}

/** Refuses operations that are deeper or larger than is allowed. */
export function documentLimits(limits: DocumentLimits): ValidationRule {
  return (context: ValidationContext): ASTVisitor => ({
    OperationDefinition(operation) {
      for (const complaint of complaints(operation, fragmentsOf(context.getDocument()), limits)) {
        context.reportError(new GraphQLError(complaint, { nodes: operation }));
      }
    },
  });
}
