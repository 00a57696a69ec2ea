import { measureRow } from '../framework/run.js';
import type { Row, Settings } from '../framework/row.js';
import { asking, firstAnswer, FIRST_QUERY } from '../rows/first-answer.js';
import { restingMemory } from '../rows/memory.js';
import { LENGTHS, nameOf, oldStream } from '../rows/old-stream.js';
import { copyOf, historyData, type DataSet } from '../support/data-sets.js';
import { runJob } from '../support/jobs.js';
import { startService } from '../support/service.js';
import type { Curve, Point } from './curve.js';

/** A log of so many events, and the one copy of it that all curves share. */
interface Log {
  readonly events: number;
  readonly dataSet: DataSet;
  readonly copy: ReturnType<typeof copyOf>;
}

function sizesOf({ quick, large }: Settings): readonly number[] {
  if (quick) return [10_000, 100_000];
  return [10_000, 100_000, 1_000_000, ...(large ? [10_000_000] : [])];
}

/** What is measured on each log: a row without targets, whose sides differ by nothing but how many events there are. */
interface Measured<F extends string> {
  readonly name: string;
  readonly figures: readonly F[];
  readonly measure: (log: Log) => Promise<Readonly<Record<F, number>>>;
}

function rowOf<F extends string>(logs: readonly Log[], { name, figures, measure }: Measured<F>): Row {
  const sides = logs.map((log) => ({
    name: `${log.events.toLocaleString('en')} events`,
    async measure() {
      const measured = await measure(log);
      return Object.fromEntries(figures.map((figure) => [`${figure} ${log.events}`, measured[figure]]));
    },
  }));
  const shown = figures.flatMap((figure) => logs.map(({ events }) => ({ figure: `${figure} ${events}`, unit: '' })));
  return { name, work: name, shown, targets: [], open: async () => ({ sides, close: async () => undefined }) };
}

/** @throws where it could not be measured: half a curve says nothing */
async function figuresOf(row: Row, settings: Settings, rounds: number) {
  const { failure, figures } = await measureRow(row, settings, rounds);
  if (failure !== null) throw new Error(`${row.name}: ${failure}`);
  return (figure: string, events: number): Point => {
    const found = figures.find((candidate) => candidate.figure === figure);
    if (found === undefined) throw new Error(`${row.name}: nothing gave the figure ${figure}`);
    const { median, minimum, maximum } = found;
    return { events, median, minimum, maximum };
  };
}

/** The service is started again and again, asked once, and left at rest. */
async function startCurves(logs: readonly Log[], settings: Settings, rounds: number): Promise<readonly Curve[]> {
  const row = rowOf(logs, {
    name: 'start',
    figures: ['start', 'memory'],
    async measure({ copy }) {
      const starting = () => startService({ dataDir: copy.path });
      const { started, milliseconds } = await firstAnswer(starting, asking(FIRST_QUERY));
      const memory = await restingMemory(started);
      await started.stop();
      return { start: milliseconds, memory };
    },
  });
  const at = await figuresOf(row, settings, rounds);
  const points = (figure: string) => logs.map(({ events }) => at(`${figure} ${events}`, events));
  const of = 'events in the log';
  return [
    { what: 'cold start to first answer', unit: 'ms', of, points: points('start') },
    { what: 'memory at rest after it', unit: 'MB', of, points: points('memory') },
  ];
}

async function pageCurves(logs: readonly Log[], settings: Settings, rounds: number): Promise<readonly Curve[]> {
  const { milliseconds } = settings;
  const row = rowOf(logs, {
    name: 'audit pages',
    figures: ['p99', 'worst'],
    measure: ({ copy, dataSet }) => runJob('audit-pages', { folder: copy.path, dataSet, milliseconds }),
  });
  const at = await figuresOf(row, settings, rounds);
  const points = (figure: string) => logs.map(({ events }) => at(`${figure} ${events}`, events));
  const of = 'events in the log';
  return [
    { what: 'audit page of 50, p99 of all filters, first and deepest', unit: 'ms', of, points: points('p99') },
    { what: 'audit page of 50, p99 of the worst filter', unit: 'ms', of, points: points('worst') },
  ];
}

async function streamCurves(settings: Settings, rounds: number): Promise<readonly Curve[]> {
  const at = await figuresOf(oldStream, settings, rounds);
  const points = LENGTHS.map((events) => at(nameOf(events), events));
  return [{ what: 'command on an MFA stream, median', unit: 'ms', of: 'events in the stream', points }];
}

/** How often each is measured: a start takes short, and varies. */
const STARTS = 5;

/** Measures what must not grow with age, on logs and streams of more and more events. @throws where one could not be measured */
export async function measureCurves(settings: Settings, rounds: number): Promise<readonly Curve[]> {
  const logs: Log[] = [];
  try {
    for (const events of sizesOf(settings)) {
      const dataSet = await historyData(settings, events);
      settings.progress(`copying ${events.toLocaleString('en')} events`);
      logs.push({ events, dataSet, copy: copyOf(dataSet) });
    }
    const starts = await startCurves(logs, settings, settings.quick ? rounds : Math.max(STARTS, rounds));
    const pages = await pageCurves(logs, settings, rounds);
    for (const { copy } of logs.splice(0)) copy.remove();
    return [...starts, ...pages, ...(await streamCurves(settings, rounds))];
  } finally {
    for (const { copy } of logs) copy.remove();
  }
}
