import { strict as assert } from 'node:assert';
import type { Loose } from '../client.js';
import { eventually } from '../eventually.js';
import { ask, USER } from '../operations.js';
import type { Cluster } from './cluster.js';
import type { ClusterNode } from './node.js';
import type { Owner } from './people.js';

const PAGE = 50;

const USERS = `nodes { ${USER} sessions(first: 50) { nodes { id stage createdAt lastSeenAt expiresAt ip userAgent } } }`;
const EVENTS = `nodes { id seq type category occurredAt outcome reason sessionId ip userAgent requestId summary
  actor { kind id name } subject { id name } device { id name } }`;

const EXPOSURES = `nodes { id cause openedAt ending endedAt user { id name } openedBy { id type actor { kind id name } }
  endedBy { id type actor { kind id name } } }`;

/** Every page of a list, one after the other. */
async function pagesOf(owner: Owner, node: ClusterNode, list: string, selection: string): Promise<readonly Loose[]> {
  const query = `query ($after: String) { page: ${list}(first: ${PAGE}, after: $after) {
    ${selection} pageInfo { hasNextPage endCursor } } }`;
  const pages: Loose[] = [];
  for (let after: string | null = null; ;) {
    const { page }: Loose = await ask(owner.visitor.at(node), query, { after });
    pages.push(page);
    if (!page.pageInfo.hasNextPage) return pages;
    after = page.pageInfo.endCursor;
  }
}

/** Everything that an owner is shown at a node: users, their sessions, exposures, and the audit trail, page by page. */
async function viewOf(owner: Owner, node: ClusterNode): Promise<Loose> {
  return {
    users: await pagesOf(owner, node, 'users', USERS),
    exposures: await pagesOf(owner, node, 'exposures', EXPOSURES),
    auditEvents: await pagesOf(owner, node, 'auditEvents', EVENTS),
  };
}

/** What owners are shown, once every node shows the same. */
export async function agreedViews({ up }: Cluster, owners: readonly Owner[]): Promise<readonly Loose[]> {
  const views: Loose[] = [];
  for (const owner of owners) {
    const agreed = await eventually(async () => {
      const [first, ...others] = await Promise.all(up().map((node) => viewOf(owner, node)));
      for (const other of others) assert.deepEqual(other, first, 'two nodes do not show the same');
      return first;
    });
    views.push(agreed);
  }
  return views;
}
