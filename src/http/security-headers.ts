/** Headers of an answer, by their names in lower case. */
export type Headers = Readonly<Record<string, string>>;

const HEADERS: Headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** The headers that every answer carries, refusals of broken requests included. */
export function securityHeaders(tls: boolean, requestId: string): Headers {
  return {
    ...HEADERS,
    ...(tls && { 'strict-transport-security': 'max-age=31536000' }),
    'x-request-id': requestId,
  };
}
