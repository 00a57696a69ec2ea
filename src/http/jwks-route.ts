import type { FastifyInstance } from 'fastify';

/** Seconds for which whoever verifies grants keeps the keys: as long as a grant lives. */
const KEPT_FOR = 300;

/** Offers `/.well-known/jwks.json`: what verifies grants, as a JSON Web Key Set, for everybody. */
export function offerJwks(http: FastifyInstance, jwks: object): void {
  // As bytes, since a text gets a charset, which the type does not have (RFC 7517 section 8.5.2).
  const bytes = Buffer.from(JSON.stringify(jwks));
  http.get('/.well-known/jwks.json', (_request, reply) =>
    reply.header('cache-control', `public, max-age=${KEPT_FOR}`).type('application/jwk-set+json').send(bytes),
  );
}
