import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

// The floor of everything that answers GraphQL: Apollo Server on node:http, with nothing to do.
const server = new ApolloServer({
  typeDefs: 'type Query { nothing: Boolean }',
  resolvers: { Query: { nothing: () => null } },
  stopOnTerminationSignals: false,
});
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
process.on('SIGTERM', () => process.exit(0));
console.log(`listens on ${url}`);
