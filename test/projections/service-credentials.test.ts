import { describe, expect, it } from '@jest/globals';
import { createServiceCredentialQueries } from '../../src/projections/service-credentials/service-credential-queries.js';
import { serviceCredentialsProjection } from '../../src/projections/service-credentials/service-credentials-projection.js';
import { ACME, event, later } from '../support/builders.js';
import { given, logged, rowsOf } from './given.js';

const PAGE = { limit: 2, after: null, before: null, fromEnd: false };
const ID = event('ServiceCredentialCreated').data.credentialId;

function created(credentialId: string, position: number, accountId = ACME) {
  return logged(event('ServiceCredentialCreated', { credentialId, accountId }), { position });
}

describe('The read model of service credentials', () => {
  it('shows what a credential is called, and whose grants it redeems', () => {
    const queries = createServiceCredentialQueries(given(serviceCredentialsProjection, created(ID, 1)));
    expect(queries.byId(ACME, ID)).toEqual({
      ...{ credentialId: ID, position: 1, name: 'Virtual machines', service: 'vm', createdBy: 'ada' },
      ...{ createdAt: later(0), revokedAt: null, lastUsedAt: null, lastUsedIp: null },
    });
  });

  it('shows the last redemption, and that it was revoked', () => {
    const redeemed = (position: number, occurredAt: string, ip: string) =>
      logged(event('VerificationGrantRedeemed'), {
        ...{ position, metadata: { occurredAt }, request: { ip, userAgent: null } },
      });
    const revoked = logged(event('ServiceCredentialRevoked'), { position: 5, metadata: { occurredAt: later(9) } });
    const queries = createServiceCredentialQueries(
      given(
        serviceCredentialsProjection,
        ...[
          created(ID, 1),
          created('other', 2),
          redeemed(3, later(3), '192.0.2.1'),
          redeemed(4, later(4), '192.0.2.9'),
        ],
        revoked,
      ),
    );
    const known = { lastUsedAt: later(4), lastUsedIp: '192.0.2.9', revokedAt: later(9) };
    expect(queries.byId(ACME, ID)).toMatchObject(known);
    expect(queries.byId(ACME, 'other')).toMatchObject({ lastUsedAt: null, revokedAt: null });
  });

  it('has pages, newest first, of one account', () => {
    const credentials = ['a', 'b', 'c'].map((id, index) => created(id, index + 1));
    const database = given(serviceCredentialsProjection, ...credentials, created('x', 4, 'another'));
    const queries = createServiceCredentialQueries(database);
    const first = queries.page(ACME, PAGE);
    expect([first.rows.map(({ credentialId }) => credentialId), first.hasNextPage]).toEqual([['c', 'b'], true]);
    const next = queries.page(ACME, { ...PAGE, after: first.rows.at(-1)?.position ?? 0 });
    expect([next.rows.map(({ credentialId }) => credentialId), next.hasNextPage]).toEqual([['a'], false]);
    expect(queries.byId('another', 'a')).toBeNull();
  });

  it('holds no credential, nor its digest', () => {
    const rows = rowsOf(given(serviceCredentialsProjection, created(ID, 1)), serviceCredentialsProjection);
    expect(JSON.stringify(rows)).not.toContain(event('ServiceCredentialCreated').data.secretDigest);
  });
});
