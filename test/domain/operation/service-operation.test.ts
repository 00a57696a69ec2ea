import { describe, expect, it } from '@jest/globals';
import { checkService, checkServiceOperation } from '../../../src/domain/operation/service-operation.js';

const DIGEST = 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o';
const DELETING = { service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: DIGEST };

function faultsOf(of: Partial<typeof DELETING>): string[] {
  return checkServiceOperation({ ...DELETING, ...of }).flatMap((rejection) => rejection?.code ?? []);
}

describe('An operation of another service', () => {
  it.each([
    DELETING,
    { ...DELETING, service: 'A'.repeat(64), operation: `${'a'.repeat(127)}*`, resource: '€'.repeat(256) },
    { ...DELETING, service: 'vm-2.eu_1', operation: 'vm:*/Delete-All.now_', resource: 'Rechner "Köln" 机器 #1' },
    { ...DELETING, resource: '😀'.repeat(256) },
  ])('has names that a person can read, and a digest: %j', (wanted) => {
    expect(faultsOf(wanted)).toEqual([]);
  });

  it.each([
    ['INVALID_SERVICE', { service: '' }],
    ['INVALID_SERVICE', { service: '-vm' }],
    ['INVALID_SERVICE', { service: 'a'.repeat(65) }],
    ['INVALID_SERVICE', { service: 'v m' }],
    ['INVALID_SERVICE', { service: 'vm:eu' }],
    ['INVALID_SERVICE', { service: 'vm\n' }],
    ['INVALID_SERVICE_OPERATION', { operation: '' }],
    ['INVALID_SERVICE_OPERATION', { operation: 'a'.repeat(129) }],
    ['INVALID_SERVICE_OPERATION', { operation: 'vm:Delete Instance' }],
    ['INVALID_SERVICE_OPERATION', { operation: 'vm:Löschen' }],
    ['INVALID_RESOURCE', { resource: '' }],
    ['INVALID_RESOURCE', { resource: 'i'.repeat(257) }],
    ['INVALID_RESOURCE', { resource: 'i-\u0007' }],
    ['INVALID_RESOURCE', { resource: 'i-\n123' }],
    ['INVALID_RESOURCE', { resource: 'i-\u202e321' }],
    ['INVALID_RESOURCE', { resource: 'i-\u200b123' }],
    ['INVALID_RESOURCE', { resource: 'i-\ud800' }],
    ['INVALID_RESOURCE', { resource: 'i\u2028' }],
    ['INVALID_ARGUMENTS_DIGEST', { argumentsDigest: '' }],
    ['INVALID_ARGUMENTS_DIGEST', { argumentsDigest: `${DIGEST}=` }],
    ['INVALID_ARGUMENTS_DIGEST', { argumentsDigest: DIGEST.slice(1) }],
    ['INVALID_ARGUMENTS_DIGEST', { argumentsDigest: DIGEST.replace('_', '/') }],
    // The two last bits of another writing of the same bytes.
    ['INVALID_ARGUMENTS_DIGEST', { argumentsDigest: `${DIGEST.slice(0, -1)}p` }],
  ])('is refused as %s: %j', (code, wrong) => {
    expect(faultsOf(wrong)).toEqual([code]);
  });

  it('is refused for everything that is wrong with it at once', () => {
    const wrong = { service: '', operation: '', resource: '', argumentsDigest: '' };
    expect(faultsOf(wrong)).toHaveLength(4);
    expect(checkService('vm')).toBeNull();
  });
});
