import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLSchema,
} from 'graphql';
import { RateLimitedError } from '../../application/errors.js';
import { takeReadCost } from '../../application/read-budgets.js';
import { takeTurn, type Pause } from '../../application/turns.js';
import type { GraphqlContext } from '../context.js';
import { isRefused } from '../access.js';
import { listFaultIn } from '../list-limits.js';
import { costOfRefusal, costWithout, estimate, type Asked, type AskedField } from './estimate.js';

/** What one operation may cost, in points of 0.1 ms. */
const CEILING = 1_000;

/**
 * What the answer of a mutation may read without paying: the user whom it was about, say. A mutation has budgets of its own, and
 * one that protects an account must not be refused because others have read much.
 */
const FREE_IN_MUTATIONS = 20;

/** What is executed; made of the same parts over HTTP and over WebSocket. */
export interface Admitted extends Pick<ExecutionArgs, 'variableValues' | 'operationName'> {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
}

function tooExpensive(cost: number): GraphQLError {
  const costs = Number.isFinite(cost) ? `about ${cost} points` : 'more than can be estimated';
  const message = `This operation costs ${costs}; one operation may cost ${CEILING}. Ask for a smaller \`first\` or \`last\`, for fewer fields, or in several requests.`;
  const known = Number.isFinite(cost) && { cost };
  const extensions = { code: 'OPERATION_TOO_EXPENSIVE', ...known, maximumCost: CEILING, http: { status: 400 } };
  return new GraphQLError(message, { extensions });
}

const BAD_VALUE = { code: 'BAD_USER_INPUT', http: { status: 400 } };

/** GraphQL explains at most so many wrong values, since it searches a suggestion for each. */
const MOST_WRONG_VALUES = 5;

/**
 * Checks the values of an operation's variables; answers whether all are right. A few wrong ones are left to GraphQL, which names
 * all of them.
 * @throws {GraphQLError} `BAD_USER_INPUT` where a list is too long, or that names the first of too many wrong values
 */
function checkVariables({ schema, operation, variables }: Asked): boolean {
  const fault = listFaultIn(operation, variables);
  if (fault !== null) throw new GraphQLError(fault, { extensions: BAD_VALUE });
  const definitions = operation.variableDefinitions ?? [];
  const { errors } = getVariableValues(schema, definitions, variables, { maxErrors: MOST_WRONG_VALUES });
  const [first] = errors ?? [];
  if (first === undefined) return true;
  // GraphQL adds an error of its own where there are too many.
  if (errors !== undefined && errors.length > MOST_WRONG_VALUES)
    throw new GraphQLError(first.message, { nodes: first.nodes ?? null, extensions: BAD_VALUE });
  return false;
}

async function take(context: GraphqlContext, points: number): Promise<void> {
  const { app, request, tokenReader, serviceCaller } = context;
  const payer = { session: request.current, tokenReader, serviceCaller, ip: request.from.ip };
  await takeReadCost(app.limits, payer, points);
}

/**
 * The fields that are refused to who asks. Of a mutation only its own field is decided beforehand: what its answer reads, is read
 * by the user whom the mutation has signed in.
 */
function refusedFields(
  { schema, operation }: Asked,
  fields: ReadonlySet<AskedField>,
  context: GraphqlContext,
): ReadonlySet<AskedField> {
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  const own = isMutation ? new Set(Object.values(schema.getMutationType()?.getFields() ?? {})) : fields;
  return new Set([...fields].filter((field) => own.has(field) && isRefused(field, context)));
}

/**
 * What an operation has to pay: what is refused costs nothing, so that nobody uses up a budget with what nobody does.
 * @throws {GraphQLError} `OPERATION_TOO_EXPENSIVE`
 */
function priceOf(asked: Asked, context: GraphqlContext): number {
  const { points, fields } = estimate(asked);
  if (points > CEILING) throw tooExpensive(points);
  const cost = costWithout(asked, refusedFields(asked, fields, context));
  return asked.operation.operation === OperationTypeNode.MUTATION ? cost - FREE_IN_MUTATIONS : cost;
}

/**
 * Refuses an operation that costs too much, and takes the cost of any other from the budgets of who asks: before it is executed,
 * and once its variables are known.
 * @throws {GraphQLError} `OPERATION_TOO_EXPENSIVE`, `BAD_USER_INPUT`, or one that wraps a `RateLimitedError`
 */
export async function admitOperation(
  { schema, document, variableValues, operationName }: Admitted,
  context: GraphqlContext,
): Promise<void> {
  const operation = getOperationAST(document, operationName);
  // GraphQL itself refuses what names no operation.
  if (!operation) return;
  const asked = { schema, document, operation, variables: variableValues ?? {} };
  const points = checkVariables(asked) ? priceOf(asked, context) : costOfRefusal(operation);
  if (points <= 0) return;
  try {
    await take(context, points);
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    throw new GraphQLError(error.message, {
      originalError: error,
      extensions: { code: error.code, http: { status: 429 } },
    });
  }
}

/** Points that long work takes at once from the budgets. */
const AT_ONCE = 10;

/** The pause of one field's long work, which is paid for by who asks. @throws {RateLimitedError} where a budget is used up */
export function pauseOf(context: GraphqlContext): Pause {
  let owed = 0;
  return async (points) => {
    owed += points;
    if (owed >= AT_ONCE) {
      const due = Math.floor(owed);
      owed -= due;
      await take(context, due);
    }
    await takeTurn();
  };
}
