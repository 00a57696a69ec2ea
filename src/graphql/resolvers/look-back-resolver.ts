import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Args, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { lookBack } from '../../application/look-back.js';
import { Access } from '../access.js';
import type { GraphqlContext } from '../context.js';
import { connectionOf, PageArgs, pageRequestOf } from '../paging.js';
import { ExposureConnection } from '../types/connections.js';
import { MfaCoverage, MfaCoveragePoint, shareOf } from '../types/coverage.js';
import { ExposureFilter, exposureOf } from '../types/exposure.js';
import { MfaStateAt, mfaStateAtOf } from '../types/mfa-state-at.js';
import { coverageAt, coverageNow, momentsOf, MOST_POINTS, seriesSpanOf } from './coverage.js';
import { notFound } from './current.js';
import { exposureFilterOf } from './exposure-filter.js';
import { EVERYBODY, readerOf, TRAIL_READERS } from './readers.js';
import { pauseOf } from '../costs/admit-operation.js';
import { fixed, pageOf, type Cost } from '../costs/weights.js';

const EXPOSURES = 'exposures';

/** What each point of a series costs. */
const POINT = 0.08;

const seriesCost: Cost = ({ args, childComplexity }) =>
  5 + Math.min(Math.max(Number(args.points), 0), MOST_POINTS) * (POINT + childComplexity);

@Resolver()
export class LookBackResolver {
  @Access({ stages: ['FULL'], roles: EVERYBODY })
  @Query(() => MfaStateAt, {
    nullable: true,
    complexity: fixed(5),
    description:
      "What was true of a user's MFA at a moment in the past, folded from the log: of oneself, or of any user for those who read the account, also of one who is deleted. It is the state before the first event that happened later; what a clock that was set back then dates earlier came after that event all the same.",
  })
  async mfaStateAt(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Arg('at', () => GraphQLDateTime, { description: 'The moment; one that lies ahead stands for now.' }) at: Date,
    @Ctx() context: GraphqlContext,
  ): Promise<MfaStateAt> {
    const { accountId, id, readsAccount } = readerOf(context);
    const wanted = { accountId, userId, at: at.toISOString() };
    const past = userId === id || readsAccount ? await lookBack(context.app, wanted, pauseOf(context)) : null;
    if (past === null) throw notFound();
    return mfaStateAtOf(past);
  }

  @Access({ stages: ['FULL'], roles: TRAIL_READERS })
  @Query(() => MfaCoverage, {
    nullable: true,
    complexity: fixed(20),
    description: 'How much of the account is protected: counts by state, share protected, who is overdue.',
  })
  mfaCoverage(
    @Arg('at', () => GraphQLDateTime, {
      nullable: true,
      description:
        "The moment; now if left out, or where it lies ahead. Moments never go back: where a clock was behind, what happened counts from the latest moment that the account's events before had come to.",
    })
    at: Date | null,
    @Ctx() context: GraphqlContext,
  ): MfaCoverage {
    const { accountId } = readerOf(context);
    const moment = at?.toISOString() ?? null;
    return moment === null || moment >= context.app.now()
      ? coverageNow(context, accountId)
      : coverageAt(context, accountId, moment);
  }

  @Access({ stages: ['FULL'], roles: TRAIL_READERS })
  @Query(() => [MfaCoveragePoint], {
    nullable: true,
    complexity: seriesCost,
    description:
      'How much of the account was protected over time: the counts at evenly spaced moments, both ends included.',
  })
  mfaCoverageSeries(
    @Arg('since', () => GraphQLDateTime, { description: 'The first moment.' }) since: Date,
    @Arg('until', () => GraphQLDateTime, {
      nullable: true,
      description: 'The last moment; now if left out, or where it lies ahead.',
    })
    until: Date | null,
    @Arg('points', () => Int, { defaultValue: 50, description: 'How many moments, 2 to 500.' }) points: number,
    @Ctx() context: GraphqlContext,
  ): MfaCoveragePoint[] {
    const now = context.app.now();
    const { coverage } = context.readModels;
    const { accountId } = readerOf(context);
    return momentsOf(seriesSpanOf({ since, until, points }, now)).map((moment) => {
      const counts = coverage.at(accountId, moment < now ? moment : null);
      return { ...counts, at: new Date(moment), share: shareOf(counts) };
    });
  }

  @Access({ stages: ['FULL'], roles: TRAIL_READERS })
  @Query(() => ExposureConnection, {
    nullable: true,
    complexity: pageOf({ page: 3, filtered: 20, entry: 0.2 }),
    description:
      'The exposure ledger of the account, newest first: every interval in which a user had to have a virtual MFA device and had none, who opened it, and how it ended.',
  })
  exposures(
    @Arg('filter', () => ExposureFilter, { nullable: true, description: 'Which exposures; all if left out.' })
    filter: ExposureFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: GraphqlContext,
  ): ExposureConnection {
    const now = context.app.now();
    const { accountId } = readerOf(context);
    const { coverage } = context.readModels;
    const page = coverage.page(accountId, exposureFilterOf(filter), pageRequestOf(EXPOSURES, args));
    return connectionOf(EXPOSURES, page, {
      key: ({ exposure }) => exposure,
      node: (view) => exposureOf(view, now),
    });
  }
}
