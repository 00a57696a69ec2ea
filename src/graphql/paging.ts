import { ArgsType, Field, Int } from 'type-graphql';
import type { Key, Page, PageRequest } from '../projections/page.js';
import { badInput, cursorOf, keyOf } from './cursor.js';
import type { PageInfo } from './types/connections.js';

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 100;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, description: 'At most this many from the beginning: 1 to 100, 50 if left out.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'At most this many from the end: 1 to 100; not together with `first`.',
  })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string | null;
}

function sizeOf({ first, last }: PageArgs): number {
  if (typeof first === 'number' && typeof last === 'number') throw badInput('Give `first` or `last`, not both.');
  const size = first ?? last ?? DEFAULT_SIZE;
  if (size < 1 || size > LARGEST_SIZE) throw badInput(`A page has 1 to ${LARGEST_SIZE} entries.`);
  return size;
}

/** The page that the arguments of a list ask for. @throws {GraphQLError} `BAD_USER_INPUT` */
export function pageRequestOf(list: string, args: PageArgs): PageRequest {
  return {
    limit: sizeOf(args),
    fromEnd: typeof args.last === 'number',
    after: keyOf(list, args.after, 'after'),
    before: keyOf(list, args.before, 'before'),
  };
}

interface Connection<N> {
  readonly edges: { cursor: string; node: N }[];
  readonly nodes: N[];
  readonly pageInfo: PageInfo;
}

/** A page as a Relay connection. */
export function connectionOf<R, N>(
  list: string,
  { rows, hasNextPage, hasPreviousPage, startsAt, endsAt }: Page<R>,
  map: { readonly key: (row: R) => Key; readonly node: (row: R) => N },
): Connection<N> {
  const edges = rows.map((row) => ({ cursor: cursorOf(list, map.key(row)), node: map.node(row) }));
  const startCursor = startsAt === undefined ? (edges.at(0)?.cursor ?? null) : cursorOf(list, startsAt);
  const endCursor = endsAt === undefined ? (edges.at(-1)?.cursor ?? null) : cursorOf(list, endsAt);
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor },
  };
}
