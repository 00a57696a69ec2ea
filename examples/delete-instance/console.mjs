// Stands in for the console around the service: its page, and its gateway, behind which Virtual MFA has the page's own address.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

const { MFA_URL = 'http://localhost:4000' } = process.env;

/**
 * Answers what is not the service's: the page with the button, and requests to Virtual MFA, which are passed on.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export async function answerAsConsole(request, response) {
  if (request.url !== '/graphql') {
    response.setHeader('content-type', 'text/html').end(await readFile(new URL('page.html', import.meta.url)));
    return;
  }
  const headers = { 'content-type': 'application/json', cookie: request.headers.cookie ?? '' };
  const body = await text(request);
  const answer = await fetch(new URL('/graphql', MFA_URL), { method: 'POST', headers, body });
  response.writeHead(answer.status, { 'set-cookie': answer.headers.getSetCookie() }).end(await answer.text());
}
