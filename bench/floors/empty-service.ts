import 'reflect-metadata';
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastifyCookie from '@fastify/cookie';
import { openConnection } from '../../src/sqlite/connection.js';
import { Command } from 'commander';
import { fastify } from 'fastify';
import { GraphQLDateTime } from 'graphql-scalars';
import { makeServer } from 'graphql-ws';
import { hash } from '@node-rs/argon2';
import { LRUCache } from 'lru-cache';
import { TOTP } from 'otpauth';
import pLimit from 'p-limit';
import { pino } from 'pino';
import { create } from 'qrcode';
import { buildSchema, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { WebSocketServer } from 'ws';
import { z } from 'zod';

// The packages of the service, all loaded, and nothing that they serve: what it takes to start at all.
const loaded = [Command, makeServer, hash, LRUCache, TOTP, pLimit, create, WebSocketServer, z.object];

@ObjectType()
class Thing {
  @Field(() => GraphQLDateTime)
  at!: Date;
}

@Resolver()
class ThingResolver {
  @Query(() => Thing)
  thing(): Thing {
    return Object.assign(new Thing(), { at: new Date(0) });
  }
}

const database = openConnection(':memory:');
const logger = pino({ base: null, level: 'warn' });
const server = new ApolloServer({
  schema: await buildSchema({ resolvers: [ThingResolver] }),
  stopOnTerminationSignals: false,
});
await server.start();
const http = fastify();
await http.register(fastifyCookie);
http.route({ method: 'POST', url: '/graphql', handler: fastifyApolloHandler(server) });
const url = await http.listen({ port: 0, host: '127.0.0.1' });
if (loaded.includes(undefined as never) || !database.isOpen) logger.error('a package is not there');
process.on('SIGTERM', () => process.exit(0));
console.log(`listens on ${url}/graphql`);
