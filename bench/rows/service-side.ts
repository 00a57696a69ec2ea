import { join } from 'node:path';
import type { Figures, Settings } from '../framework/row.js';
import type { LoadParams, LoadResult } from '../jobs/load.js';
import { offsetToSeed } from '../seed/time.js';
import { copyOf, eventCounts, type DataSet } from '../support/data-sets.js';
import { runJob } from '../support/jobs.js';
import { readyService, startService, type RunningService } from '../support/service.js';
import { loadOf } from './peer-side.js';

/** Looking at each session once is over long before. */
export const LONGEST_LOOK = 60_000;

/** A service on a fresh copy of seeded data, with its clock where the seed ended. */
export interface ServiceRound {
  readonly service: RunningService;
  /** Does something before what is measured, until there is nothing left to do or the time is over: in no figure, and in no profile. */
  readonly prepare: (scenario: LoadParams['scenario'], more?: Partial<LoadParams>) => Promise<unknown>;
  readonly load: (
    scenario: LoadParams['scenario'],
    more?: Partial<LoadParams> & { readonly onStarted?: () => void },
  ) => Promise<LoadResult>;
}

/** What must be in the log for all that was acknowledged. */
export interface Expected {
  readonly type: string;
  readonly acknowledged: number;
}

/** What a round came to, and what the log must show for it. */
export interface Measured {
  readonly figures: Figures;
  readonly expected?: readonly Expected[];
}

function check(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, expected: readonly Expected[]) {
  for (const { type, acknowledged } of expected) {
    const logged = (after.get(type) ?? 0) - (before.get(type) ?? 0);
    if (logged !== acknowledged) {
      throw new Error(`${acknowledged} were acknowledged, but the log has ${logged} more events ${type}`);
    }
  }
}

/**
 * Starts the service on a copy of seeded data, does the round, stops it, and counts the events that it must have logged.
 * @throws where the count is another one, or the service logged an error
 */
export function withService(settings: Settings, dataSet: DataSet, work: Work): Promise<Figures> {
  return serve(settings, { dataSet, limited: false }, work);
}

/** Does the same under the budgets of requests that the service has by default. */
export function withLimitedService(settings: Settings, dataSet: DataSet, work: Work): Promise<Figures> {
  return serve(settings, { dataSet, limited: true }, work);
}

type Work = (round: ServiceRound) => Promise<Measured>;

async function serve(
  settings: Settings,
  { dataSet, limited }: { readonly dataSet: DataSet; readonly limited: boolean },
  work: Work,
): Promise<Figures> {
  const folder = copyOf(dataSet);
  try {
    const before = eventCounts(folder.path);
    const clockOffset = offsetToSeed();
    const service = await startService({ dataDir: folder.path, clockOffset, limited, profile: settings.profile });
    await readyService(service);
    const target = { url: service.url, people: join(dataSet, 'people.json'), clockOffset };
    const result = await work({
      service,
      prepare: (scenario, more = {}) =>
        runJob('load', { ...loadOf(settings), warmUpMilliseconds: 0, scenario, ...target, ...more }),
      load: (scenario, { onStarted, ...more } = {}) =>
        runJob(
          'load',
          // A fresh process has compiled nothing yet: the peer's, which goes on over all rounds, has.
          { ...loadOf(settings), warmUpMilliseconds: settings.milliseconds, scenario, ...target, ...more },
          {
            onStarted() {
              if (settings.profile) process.kill(service.pid, 'SIGUSR2');
              onStarted?.();
            },
          },
        ),
    });
    await service.stop();
    check(before, eventCounts(folder.path), result.expected ?? []);
    return result.figures;
  } finally {
    folder.remove();
  }
}
