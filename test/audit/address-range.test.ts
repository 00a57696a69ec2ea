import { describe, expect, it } from '@jest/globals';
import { addressBytes, addressRange } from '../../src/audit/address-range.js';

function hex(bytes: Uint8Array | undefined | null): string {
  return Buffer.from(bytes ?? []).toString('hex');
}

const MAPPED = '00000000000000000000ffff';

describe('An address', () => {
  it.each([
    ['192.0.2.7', `${MAPPED}c0000207`],
    ['::ffff:192.0.2.7', `${MAPPED}c0000207`],
    ['::FFFF:c000:207', `${MAPPED}c0000207`],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::', '0'.repeat(32)],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('%s has these 16 bytes: %s', (text, bytes) => {
    expect(hex(addressBytes(text))).toBe(bytes);
  });
});

describe('A range of addresses', () => {
  it.each([
    ['192.0.2.7', `${MAPPED}c0000207`, `${MAPPED}c0000207`],
    ['192.0.2.7/32', `${MAPPED}c0000207`, `${MAPPED}c0000207`],
    ['192.0.2.77/24', `${MAPPED}c0000200`, `${MAPPED}c00002ff`],
    ['192.0.2.77/27', `${MAPPED}c0000240`, `${MAPPED}c000025f`],
    ['0.0.0.0/0', `${MAPPED}00000000`, `${MAPPED}ffffffff`],
    ['::ffff:192.0.2.0/120', `${MAPPED}c0000200`, `${MAPPED}c00002ff`],
    ['2001:db8::/33', '20010db8000000000000000000000000', '20010db87fffffffffffffffffffffff'],
    ['::/0', '0'.repeat(32), 'f'.repeat(32)],
    [' 192.0.2.7 ', `${MAPPED}c0000207`, `${MAPPED}c0000207`],
  ])('%s goes from %s to %s', (text, from, to) => {
    const range = addressRange(text);
    expect([hex(range?.from), hex(range?.to)]).toEqual([from, to]);
  });

  it.each([
    ...[
      '',
      ' ',
      '/',
      '/24',
      'nonsense',
      '192.0.2',
      '192.0.2.256',
      '0300.0.2.7',
      '0xc0.0.2.7',
      '3221225985',
      '192.0.2.7/',
    ],
    ...[
      '192.0.2.7/33',
      '192.0.2.7/-1',
      '192.0.2.7/1.5',
      '192.0.2.7/24/24',
      '2001:db8::/129',
      '2001:db8:::1',
      '192.0.2.0-192.0.2.9',
    ],
    ...['192.0.2.7/０', '１92.0.2.7', "192.0.2.7' OR 1=1 --", '192.0.2.0/1e1', '::1/', '1'.repeat(10_000)],
  ])('is not %j', (text) => {
    expect(addressRange(text)).toBeNull();
  });
});
