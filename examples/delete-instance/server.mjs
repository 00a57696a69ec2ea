// A service whose "Delete instance" button asks for the phone first. docs/integrating.md goes through it.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { answerAsConsole } from './console.mjs';

const { MFA_URL = 'http://localhost:4000', MFA_ISSUER = new URL(MFA_URL).origin } = process.env;
const { SERVICE_CREDENTIAL = '', PORT = '4001' } = process.env;
const account = /^vsc_([^.]+)/.exec(SERVICE_CREDENTIAL)?.[1]; // the credential says whose it is
if (account === undefined) throw new Error('Set SERVICE_CREDENTIAL to the one that createServiceCredential showed.');
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', MFA_URL));
const rules = { issuer: MFA_ISSUER, audience: 'vm', typ: 'verification-grant+jwt', algorithms: ['EdDSA'] };
const instances = new Set(['i-123', 'i-124']);

/** What is to be verified: the arguments count as JSON with sorted keys (RFC 8785). @param {string} instance */
function deletionOf(instance) {
  const argumentsDigest = createHash('sha256').update(JSON.stringify({ instance })).digest('base64url');
  return { service: 'vm', operation: 'vm:DeleteInstance', resource: instance, argumentsDigest };
}

/** Checks by itself that the user was verified for just this. @param {string} grant @param {string} instance */
async function check(grant, instance) {
  const { payload } = await jwtVerify(grant, keys, rules);
  const { operation, resource, argumentsDigest } = deletionOf(instance);
  const expected = { account, operation, resource, arguments_digest: argumentsDigest };
  const other = Object.entries(expected).find(([claim, value]) => payload[claim] !== value);
  if (other) throw new Error(`This grant is for another ${other[0]}.`);
}

/** Uses the grant up at Virtual MFA: of all who try, one may go on. @param {string} grant */
async function redeem(grant) {
  const query = `mutation ($input: RedeemVerificationGrantInput!) {
    redeemVerificationGrant(input: $input) { redemption { grantId } userErrors { code } } }`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${SERVICE_CREDENTIAL}` };
  const body = JSON.stringify({ query, variables: { input: { grant } } });
  const answer = await fetch(new URL('/graphql', MFA_URL), { method: 'POST', headers, body });
  const { data, errors = [] } = /** @type {any} */ (await answer.json());
  const { redemption = null, userErrors = [] } = data?.redeemVerificationGrant ?? {};
  if (redemption === null) throw new Error(userErrors[0]?.code ?? errors[0]?.extensions.code ?? 'NOT_REDEEMED');
}

/** @type {(...call: Parameters<typeof answerAsConsole>) => Promise<unknown>} */
async function answer(request, response) {
  const [, instance = ''] = /^\/instances\/(.+)$/.exec(request.url ?? '') ?? [];
  if (instance === '') return answerAsConsole(request, response);
  if (!instances.has(instance)) return response.writeHead(404).end();
  if (request.method !== 'DELETE') return response.end(JSON.stringify(deletionOf(instance)));
  const grant = await text(request);
  await check(grant, instance);
  await redeem(grant);
  instances.delete(instance);
  return response.end('It is deleted.');
}

const server = createServer((request, response) => {
  answer(request, response).catch((/** @type {unknown} */ error) => response.writeHead(403).end(String(error)));
});
server.listen(Number(PORT), '127.0.0.1', () => console.log('The service listens on', server.address()));
