import type { IncomingMessage } from 'node:http';
import type { HttpFault } from './errors.js';

export const BAD_HOST: HttpFault = {
  status: 400,
  code: 'BAD_REQUEST',
  message:
    'The request needs exactly one Host header, with a host name or address and, if needed, a port. Send the name of this service in it.',
};

/** RFC 9110 section 7.2 and RFC 3986 section 3.2.2: a name or an address, then perhaps a port. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=%-]*)(?::\d*)?$/i;

function hostsIn({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host');
}

/** RFC 9112 section 3.2: a request without a valid Host header, or with several, is refused; HTTP/1.0 does not need one. */
export function hasRightHost(request: IncomingMessage): boolean {
  const [host, ...more] = hostsIn(request);
  if (host === undefined) return request.httpVersion === '1.0';
  return more.length === 0 && HOST.test(host);
}
