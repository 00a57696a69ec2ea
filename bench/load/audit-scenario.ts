import { filtersAbout, historyIn, SAMPLED } from '../seed/history-file.js';
import { dataOf, payloadOf, post } from './messages.js';
import { over, type Prepare } from './scenario.js';

const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) {
  outcome { ... on SignedIn { token } } userErrors { code message } } }`;
const PAGE = `query ($filter: AuditEventFilter, $first: Int, $last: Int) {
  auditEvents(filter: $filter, first: $first, last: $last) { nodes { id seq type occurredAt outcome } pageInfo { hasNextPage } } }`;

const SAMPLE = `query ($filter: AuditEventFilter) { auditEvents(filter: $filter, first: 1) { nodes {
  sessionId requestId ip actor { id name } device { id } } } }`;

/** Pages of 50 by every kind of filter, from both ends of the list, as the console asks for them. */
export const auditPages: Prepare = async ({ url: address, people: history }, [first]) => {
  if (history === undefined || first === undefined) throw new Error('a history and a connection are needed');
  const url = new URL(address);
  const { email, password, filters } = historyIn(history);
  const input = { username: email, password, transport: 'BEARER' };
  const { outcome } = payloadOf(await first.send(post(url, { query: SIGN_IN, variables: { input } })), 'signIn');
  const authorization = `Bearer ${String(outcome.token)}`;
  const asked = post(url, { query: SAMPLE, variables: { filter: SAMPLED } }, { authorization });
  const [sample] = dataOf(await first.send(asked)).auditEvents.nodes;
  const { sessionId, requestId, ip, actor, device } = sample;
  const about = { sessionId, requestId, ip, actorId: actor.id, actorName: actor.name, deviceId: device.id };
  return over(
    [...filters, ...filtersAbout(about)].flatMap(({ name, filter }) =>
      [{ first: 50 }, { last: 50 }].map((page) => {
        const sent = post(url, { query: PAGE, variables: { filter, ...page } }, { authorization });
        return async (connection) => {
          const { nodes } = dataOf(await connection.send(sent)).auditEvents;
          if (name === 'none' && nodes.length !== 50) throw new Error(`a page has ${nodes.length} events, not 50`);
        };
      }),
    ),
  );
};
