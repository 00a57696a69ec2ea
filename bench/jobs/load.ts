import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../framework/statistics.js';
import { connectionTo, type Connection } from '../load/connection.js';
import type { Scenario, ScenarioParams } from '../load/scenario.js';
import { scenarios, type ScenarioName } from '../load/scenarios.js';
import type { Telling } from './job.js';

export interface LoadParams extends ScenarioParams {
  readonly scenario: ScenarioName;
  /** Each has one operation under way at a time. */
  readonly connections: number;
  /** Not counted. */
  readonly warmUpMilliseconds: number;
  readonly milliseconds: number;
  /** Between two operations of a connection; none by default. */
  readonly pauseMilliseconds?: number;
  /** Addresses of this machine that the connections come from, in turn. */
  readonly from?: readonly string[];
}

export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
  /** Operations that were done, those before counting began included. */
  readonly acknowledged: number;
}

const FEWEST_OPERATIONS = 50;
const LONGEST_EXTENSION = 5_000;
const LONGEST_OPERATION = 60_000;

interface Tally {
  acknowledged: number;
  last: number;
  readonly latencies: number[];
}

interface Span {
  readonly from: number;
  readonly until: number;
  readonly latest: number;
  readonly pause: number;
}

/** Goes on beyond its time, for a while, where too little was done to say anything. */
function isOver({ until, latest }: Span, { latencies }: Tally): boolean {
  const now = performance.now();
  const enough = latencies.length >= (now >= latest ? 1 : FEWEST_OPERATIONS);
  return now >= until && (enough || now >= latest + LONGEST_OPERATION);
}

async function drive(connection: Connection, scenario: Scenario, { span, tally }: { span: Span; tally: Tally }) {
  const { from, pause } = span;
  while (!isOver(span, tally)) {
    const operation = scenario.next();
    if (operation === null) return;
    const begun = performance.now();
    await operation(connection);
    const ended = performance.now();
    tally.acknowledged += 1;
    if (begun >= from) {
      tally.latencies.push(ended - begun);
      tally.last = ended;
    }
    if (pause > 0) await sleep(pause);
  }
}

/** A closed loop: so many connections, each with one operation after the other. An answer that is wrong ends it. */
export async function load(params: LoadParams, tell: Telling): Promise<LoadResult> {
  const { url, from = [] } = params;
  const connections = Array.from({ length: params.connections }, (_, index) =>
    connectionTo(url, from[index % from.length]),
  );
  const scenario = await scenarios[params.scenario](params, connections);
  tell.started();
  const begin = performance.now() + params.warmUpMilliseconds;
  const until = begin + params.milliseconds;
  const span = { from: begin, until, latest: until + LONGEST_EXTENSION, pause: params.pauseMilliseconds ?? 0 };
  const tally: Tally = { acknowledged: 0, last: begin, latencies: [] };
  await Promise.all(connections.map((connection) => drive(connection, scenario, { span, tally })));
  for (const connection of connections) connection.close();
  const { latencies, acknowledged, last } = tally;
  if (latencies.length === 0) throw new Error('there was not enough to do for anything to be measured');
  return {
    perSecond: latencies.length / ((last - begin) / 1_000),
    median: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    acknowledged,
  };
}
