import { describe, expect, it } from '@jest/globals';
import { createAuditTokenQueries } from '../../src/projections/audit-tokens/audit-token-queries.js';
import { auditTokensProjection } from '../../src/projections/audit-tokens/audit-tokens-projection.js';
import { ACME, event, later } from '../support/builders.js';
import { given, logged, rowsOf } from './given.js';

const PAGE = { limit: 2, after: null, before: null, fromEnd: false };
const FROM = { ip: '192.0.2.9', userAgent: 'siem/1' };

function created(tokenId: string, position: number, accountId = ACME) {
  return logged(event('AuditTokenCreated', { tokenId, accountId }), { position });
}

describe('The read model of audit tokens', () => {
  it('shows what a token is called, what it is for, and from when to when', () => {
    const queries = createAuditTokenQueries(given(auditTokensProjection, created('token', 1)));
    expect(queries.byId(ACME, 'token')).toEqual({
      ...{ tokenId: 'token', position: 1, name: 'SIEM', scopes: ['READ'], createdBy: 'ada' },
      ...{ createdAt: later(0), expiresAt: event('AuditTokenCreated').data.expiresAt },
      ...{ revokedAt: null, lastUsedAt: null, lastUsedIp: null },
    });
  });

  it('shows the last use, and that it was revoked', () => {
    const use = (position: number, occurredAt: string, ip: string) =>
      logged(event('AuditTokenUsed'), { position, metadata: { occurredAt }, request: { ...FROM, ip } });
    const revoked = logged(event('AuditTokenRevoked'), { position: 5, metadata: { occurredAt: later(9) } });
    const database = given(
      auditTokensProjection,
      ...[created('token', 1), created('other', 2), use(3, later(3), '192.0.2.1'), use(4, later(4), FROM.ip), revoked],
    );
    const queries = createAuditTokenQueries(database);
    const known = { lastUsedAt: later(4), lastUsedIp: FROM.ip, revokedAt: later(9) };
    expect(queries.byId(ACME, 'token')).toMatchObject(known);
    expect(queries.byId(ACME, 'other')).toMatchObject({ lastUsedAt: null, revokedAt: null });
  });

  it('has pages, newest first, of one account', () => {
    const tokens = ['a', 'b', 'c'].map((tokenId, index) => created(tokenId, index + 1));
    const queries = createAuditTokenQueries(given(auditTokensProjection, ...tokens, created('x', 4, 'another')));
    const first = queries.page(ACME, PAGE);
    expect([first.rows.map(({ tokenId }) => tokenId), first.hasNextPage]).toEqual([['c', 'b'], true]);
    const next = queries.page(ACME, { ...PAGE, after: first.rows.at(-1)?.position ?? 0 });
    expect([next.rows.map(({ tokenId }) => tokenId), next.hasNextPage]).toEqual([['a'], false]);
    expect(queries.byId('another', 'a')).toBeNull();
  });

  it('holds no token, nor its digest', () => {
    const rows = rowsOf(given(auditTokensProjection, created('token', 1)), auditTokensProjection);
    expect(JSON.stringify(rows)).not.toContain(event('AuditTokenCreated').data.secretDigest);
  });
});
