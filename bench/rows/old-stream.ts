import { ratio, type Row } from '../framework/row.js';
import { oldStreamsData } from '../support/data-sets.js';
import { withService } from './service-side.js';

/** How many events the streams have that are compared. */
export const LENGTHS = [10, 1_000, 100_000] as const;

/** What the figure of a stream is called. */
export function nameOf(length: number): string {
  return `${length.toLocaleString('en')} events`;
}

/** One command after the other on a user's MFA stream, which is new, used, or very old. */
export const oldStream: Row = {
  name: 'old-stream',
  work: 'command on an old stream',
  shown: LENGTHS.map((length) => ({ figure: nameOf(length), unit: 'ms' })),
  targets: [
    {
      text: '100,000 events ≤ 1.5 × 10 events',
      value: ratio(nameOf(100_000), nameOf(10)),
      bound: { atMost: 1.5 },
    },
  ],
  async open(settings) {
    const streams = await oldStreamsData(settings, LENGTHS);
    const warmUpMilliseconds = settings.milliseconds / 4;
    return {
      sides: [
        {
          name: 'service',
          measure: () =>
            withService(settings, streams, async ({ load }) => {
              const figures: Record<string, number> = {};
              let acknowledged = 0;
              // The first time around the process becomes warm: else the first stream would be the slowest.
              for (const _ of ['warm-up', 'measured']) {
                for (const [index, length] of LENGTHS.entries()) {
                  const done = await load('restartEnrollment', { index, connections: 1, warmUpMilliseconds });
                  figures[nameOf(length)] = done.median;
                  acknowledged += done.acknowledged;
                }
              }
              return { figures, expected: [{ type: 'MfaEnrollmentStarted', acknowledged }] };
            }),
        },
      ],
      close: async () => undefined,
    };
  },
};
