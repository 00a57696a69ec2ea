import { describe, expect, it } from '@jest/globals';
import { createLogger, readableLine } from '../../src/runtime/logger.js';

function written(isTerminal: boolean): readonly string[] {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line: string) => void lines.push(line) }, isTerminal);
  logger.warn({ path: '/tmp/keys.json', count: 2, ip: null }, 'running on a generated key ring');
  return lines;
}

describe('A log line', () => {
  it('is JSON where nobody reads it on a terminal', () => {
    const lines = written(false);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, path: '/tmp/keys.json', count: 2, ip: null });
    expect(lines[0]).toMatch(/\n$/);
  });

  it('is a sentence on a terminal: when, how bad, what, and the details', () => {
    const [line = ''] = written(true);
    expect(line).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3}Z WARN {2}running on a generated key ring {2}path=\/tmp\/keys\.json count=2 ip=null\n$/,
    );
  });

  const at = Date.parse('2026-03-02T09:12:31.004Z');

  it('has the stack of an error below it', () => {
    const err = {
      type: 'TypeError',
      message: 'x is not a function',
      stack: 'TypeError: x\n    at one\n    at two',
      code: 'E',
    };
    expect(readableLine(JSON.stringify({ level: 50, time: at, requestId: 'r1', err, msg: 'a request failed' }))).toBe(
      '09:12:31.004Z ERROR a request failed  requestId=r1\n  TypeError: x\n      at one\n      at two\n',
    );
    const bare = { type: 'Error', message: 'gone' };
    expect(readableLine(JSON.stringify({ level: 60, time: at, err: bare, msg: 'm' }))).toBe(
      '09:12:31.004Z FATAL m\n  Error: gone\n',
    );
  });

  it('keeps texts apart that have spaces, and objects', () => {
    const line = JSON.stringify({
      level: 30,
      time: at,
      reason: 'it is away',
      empty: '',
      list: [1, 'a'],
      msg: 'answered',
    });
    expect(readableLine(line)).toBe('09:12:31.004Z INFO  answered  reason="it is away" empty="" list=[1,"a"]\n');
  });

  it('shows nothing that a terminal would obey, or that turns text around', () => {
    const hostile = 'acme\u001b[2J\u009b1m\u202e\u200b\r\n';
    const shown = readableLine(JSON.stringify({ level: 30, time: at, userAgent: hostile, [hostile]: 1, msg: hostile }));
    expect(shown.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(shown).toContain('acme\\u001b[2J\\u009b1m\\u202e\\u200b');
  });

  it('is shown as it is where it is no JSON, but for what a terminal would obey', () => {
    expect(readableLine('not JSON \u001b[2J\n')).toBe('not JSON \\u001b[2J\n');
  });
});
