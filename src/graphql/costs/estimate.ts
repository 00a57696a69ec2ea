import {
  OperationTypeNode,
  SchemaMetaFieldDef,
  TypeInfo,
  TypeMetaFieldDef,
  ValidationContext,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import {
  createComplexityRule,
  fieldExtensionsEstimator,
  simpleEstimator,
  type ComplexityEstimator,
} from 'graphql-query-complexity';
import { FIELD, REQUEST, SCHEMA, TYPE } from './weights.js';

/** An operation, with all that its cost depends on. */
export interface Asked {
  readonly schema: GraphQLSchema;
  /** Valid for the schema. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Right for the operation, as they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const introspection: ComplexityEstimator = ({ field, childComplexity }) => {
  if (field === SchemaMetaFieldDef) return SCHEMA + childComplexity;
  return field === TypeMetaFieldDef ? TYPE + childComplexity : undefined;
};

const ESTIMATORS = [introspection, fieldExtensionsEstimator(), simpleEstimator({ defaultComplexity: FIELD })];

/** Fields that are looked at, fragments counted as often as they are spread; more cannot come from a document within the limits. */
const MOST_NODES = 10_000;

/**
 * Walks an operation. Arguments that GraphQL will refuse cost nothing: their fields are not resolved. That is why the rule is
 * asked directly: `getComplexity` throws at the first such argument, and what stands beside it would be free.
 */
function walk({ schema, document, operation, variables }: Asked): number {
  const context = new ValidationContext(schema, document, new TypeInfo(schema), () => undefined);
  const rule = createComplexityRule({
    ...{ estimators: ESTIMATORS, variables: { ...variables }, maximumComplexity: Infinity },
    maxQueryNodes: MOST_NODES,
  })(context);
  try {
    rule.onOperationDefinitionEnter(operation);
  } catch {
    return Infinity;
  }
  return rule.complexity;
}

/** Costs of operations without variables, which are the same each time. Apollo Server keeps documents that were asked before. */
const known = new WeakMap<OperationDefinitionNode, number>();

/** What an operation costs that GraphQL refuses for the values of its variables: nothing of it is done. */
export function costOfRefusal({ operation }: OperationDefinitionNode): number {
  return operation === OperationTypeNode.MUTATION ? 0 : REQUEST;
}

/** What an operation costs at most, in points: estimated, before anything of it is done. */
export function costOf(asked: Asked): number {
  const { operation } = asked;
  const kept = known.get(operation);
  if (kept !== undefined) return kept;
  const cost = Math.ceil(costOfRefusal(operation) + walk(asked));
  if ((operation.variableDefinitions ?? []).length === 0) known.set(operation, cost);
  return cost;
}
