import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type OperationDefinitionNode,
  type SelectionNode,
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

/** How much of each there is. A number may be as large as `Infinity`. */
type Counts = Readonly<Record<keyof DocumentLimits, number>>;

const NOTHING: Counts = { depth: 0, fields: 0, aliases: 0, directives: 0 };

/** What two parts count that stand beside each other. */
function both(one: Counts, other: Counts): Counts {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
  };
}

function directivesOf({ directives = [] }: { readonly directives?: readonly unknown[] | undefined }): Counts {
  return { ...NOTHING, directives: directives.length };
}

// Introspection is larger than any other question and answers from memory. What could make it explode is bounded by GraphQL's own
// MaxIntrospectionDepthRule, and what it says by the bound on tokens.
function isIntrospection(name: string): boolean {
  return name.startsWith('__');
}

/** Counts the parts of one document. It walks each fragment once and adds its counts where it is spread, so the work is linear. */
class Counter {
  readonly #context: ValidationContext;
  readonly #fragments = new Map<string, Counts>();

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  inOperation(operation: OperationDefinitionNode): Counts {
    return both(directivesOf(operation), this.#inSelections(operation.selectionSet));
  }

  #inSelections({ selections }: SelectionSetNode): Counts {
    return selections.reduce(
      (counts, selection) => both(counts, both(directivesOf(selection), this.#inSelection(selection))),
      NOTHING,
    );
  }

  #inSelection(selection: SelectionNode): Counts {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#inFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.#inSelections(selection.selectionSet);
    const { name, alias, selectionSet } = selection;
    const itself = { ...NOTHING, fields: 1, aliases: alias === undefined ? 0 : 1 };
    if (isIntrospection(name.value)) return itself;
    const inside = selectionSet === undefined ? NOTHING : this.#inSelections(selectionSet);
    return both(itself, { ...inside, depth: inside.depth + 1 });
  }

  #inFragment(name: string): Counts {
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself adds nothing there; GraphQL refuses it.
    this.#fragments.set(name, NOTHING);
    const fragment = this.#context.getFragment(name);
    const counts = fragment ? both(directivesOf(fragment), this.#inSelections(fragment.selectionSet)) : NOTHING;
    this.#fragments.set(name, counts);
    return counts;
  }
}

const UNITS: Readonly<Record<keyof DocumentLimits, string>> = {
  depth: 'levels deep',
  fields: 'fields',
  aliases: 'aliases',
  directives: 'directives',
};

function complaints(counts: Counts, limits: DocumentLimits): string[] {
  return (Object.keys(limits) as (keyof DocumentLimits)[])
    .filter((name) => counts[name] > limits[name])
    .map(
      (name) => `An operation may have at most ${limits[name]} ${UNITS[name]}. Ask for less, or in several requests.`,
    );
}

/** Refuses operations that are deeper or larger than is allowed. */
export function documentLimits(limits: DocumentLimits): ValidationRule {
  return (context: ValidationContext): ASTVisitor => {
    const counter = new Counter(context);
    return {
      OperationDefinition(operation) {
        for (const complaint of complaints(counter.inOperation(operation), limits)) {
          context.reportError(new GraphQLError(complaint, { nodes: operation }));
        }
      },
    };
  };
}
