/**
 * A double of EventStoreDB: it speaks the protocol of a server, so that the real client runs against it.
 *
 * It shows how a client of ours behaves towards the protocol. It does not prove anything about the database itself:
 * - durability is that of one file, synced at each write: nothing of chunks, indexes, replication, full disks;
 * - nothing is scavenged, and `$maxAge`, `$cacheControl` and `$acl` are ignored;
 * - there is one user or none: no roles, no access control lists, no client certificates;
 * - members of a cluster share one log: no elections, quorums, or followers that lag behind;
 * - no links, projections, persistent subscriptions, users, monitoring; `resolveLinkTos` is ignored;
 * - event ids are remembered for ever for ANY and STREAM_EXISTS too, where a server forgets;
 * - positions grow as in a real log, but are not those that a server would give;
 * - regular expressions are JavaScript's, not .NET's; messages of errors are alike, not the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { Server, ServerCredentials } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';

import type { IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';

import { batchAppendCall } from './batch-append.js';
import { gossipCall, supportedMethodsCall } from './cluster-calls.js';
import { consumerTooSlow } from './errors.js';
import { createCounters, createFaults, resetFaults, type Counters, type Endpoint, type Faults } from './faults.js';
import { fileJournal, memoryJournal } from './journal.js';
import { openLog, type Log } from './log.js';
import type { ClusterMember, Credentials, Member, Settings } from './member.js';
import { openProxy, type Proxy } from './proxy.js';
import { read } from './read.js';
import { writeFirstEvents } from './system-events.js';
import { appendCall, deleteCall, tombstoneCall } from './write.js';

/** What a double is made with; everything has a default. */
export interface DoubleOptions {
  /** The port to listen at; 0, the default, takes a free one. */
  readonly port?: number;
  /** The file that keeps the log; without one it lives in memory. */
  readonly file?: string;
  /** A log to share with other doubles, instead of one of its own. */
  readonly log?: Log;
  /** Whether the log begins with events of the system, as on a real server. True by default. */
  readonly systemEvents?: boolean;
  /** Whether clients can find BatchAppend. True by default. */
  readonly features?: boolean;
  /** Whether subscriptions are told that they have caught up. True by default. */
  readonly caughtUp?: boolean;
  /** The largest append, in bytes of data and metadata. 1 MiB by default. */
  readonly maxAppendSize?: number;
  /** A certificate and its key, PEM: with them the double speaks TLS only. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** The only user who may call on streams. The client sends credentials over TLS only. */
  readonly credentials?: Credentials;
  /** How the servers of the cluster stand; by default this one is alone and leads. */
  readonly cluster?: () => readonly ClusterMember[];
  readonly leader?: () => 'self' | Endpoint;
}

/** A running double. */
export interface Double {
  /** The connection string of a client. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  readonly faults: Faults;
  readonly counters: Counters;
  /** Connections that are open now, and that were ever opened. */
  readonly connections: () => { readonly open: number; readonly opened: number };
  /** Whether it listens. */
  readonly running: () => boolean;
  /** Takes back all faults. */
  resetFaults(): void;
  /** Cuts every connection without a word; clients may connect again. */
  dropConnections(): void;
  /** Ends every subscription from the server's side: with OK, or as a consumer that is too slow. */
  endSubscriptions(how?: 'ok' | 'too-slow'): void;
  /** Ends every BatchAppend call with OK, as a server does that has no more to say. */
  endBatchAppends(): void;
  /** Stops to read and write, as a process does that is stopped; connections stay. */
  freeze(): void;
  thaw(): void;
  /** Ends all calls and connections and stops to listen; the log stays. */
  stop(): Promise<void>;
  /** Listens again at the same port with the same log. */
  start(): Promise<void>;
  /** Stops, and closes the log if it is its own. */
  close(): Promise<void>;
}

const MAX_APPEND_SIZE = 1_048_576;
const MAX_MESSAGE_SIZE = 17 * 1024 * 1024;
const HOST = '127.0.0.1';

const settingsOf = (options: DoubleOptions): Settings => ({
  features: options.features ?? true,
  caughtUp: options.caughtUp ?? true,
  maxAppendSize: options.maxAppendSize ?? MAX_APPEND_SIZE,
  credentials: options.credentials,
});

function openLogOf(options: DoubleOptions): Log {
  if (options.log !== undefined) return options.log;
  const log = openLog(options.file === undefined ? memoryJournal() : fileJournal(options.file));
  if ((options.systemEvents ?? true) && log.all.length === 0) writeFirstEvents(log);
  return log;
}

function serverOf(member: Member): Server {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_SIZE,
    'grpc.max_send_message_length': MAX_MESSAGE_SIZE,
  });
  const streamsServer: IStreamsServer = {
    read: (call) => void read(member, call),
    append: (call, answer) => void appendCall(member, call, answer),
    delete: (call, answer) => void deleteCall(member, call, answer),
    tombstone: (call, answer) => void tombstoneCall(member, call, answer),
    batchAppend: (call) => batchAppendCall(member, call),
  };
  const featuresServer: IServerFeaturesServer = {
    getSupportedMethods: (call, answer) => void supportedMethodsCall(member, call, answer),
  };
  const gossipServer: IGossipServer = { read: (call, answer) => void gossipCall(member, call, answer) };
  server.addService(streams.StreamsService, streamsServer);
  server.addService(features.ServerFeaturesService, featuresServer);
  server.addService(gossip.GossipService, gossipServer);
  return server;
}

function bind(server: Server, tls: DoubleOptions['tls']): Promise<number> {
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
        ]);
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

/** Waits, or stops to wait when the signal comes. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** What of a double can be stopped and started again. */
interface Serving {
  readonly port: () => number;
  readonly proxy: () => Proxy | undefined;
  readonly opened: () => number;
  readonly pause: (ms: number) => Promise<void>;
  start(member: Member): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  readonly server: Server;
  readonly proxy: Proxy;
  readonly stopping: AbortController;
}

function createServing({ port = 0, tls }: DoubleOptions): Serving {
  let ownPort = port;
  let running: Running | undefined;
  let openedBefore = 0;
  return {
    port: () => ownPort,
    proxy: () => running?.proxy,
    opened: () => openedBefore + (running?.proxy.opened() ?? 0),
    pause: (ms) => pause(ms, running?.stopping.signal),
    async start(member) {
      if (running !== undefined) return;
      const server = serverOf(member);
      const behind = await bind(server, tls);
      const proxy = await openProxy(ownPort, () => behind).catch((error: unknown) => {
        // A server that nobody owns would keep the process alive.
        server.forceShutdown();
        throw error;
      });
      ownPort = proxy.port;
      running = { server, proxy, stopping: new AbortController() };
    },
    async stop() {
      if (running === undefined) return;
      const { server, proxy, stopping } = running;
      running = undefined;
      openedBefore += proxy.opened();
      stopping.abort();
      server.forceShutdown();
      await proxy.close();
    },
  };
}

function createMember(options: DoubleOptions, serving: Serving): Member {
  const id = crypto.randomUUID();
  const alone = (): readonly ClusterMember[] => [
    { id, endpoint: { host: HOST, port: serving.port() }, leads: true, alive: true },
  ];
  return {
    log: openLogOf(options),
    faults: createFaults(),
    counters: createCounters(),
    settings: settingsOf(options),
    subscriptions: new Set(),
    batches: new Set(),
    cut: (peer) => serving.proxy()?.drop(Number(peer.slice(peer.lastIndexOf(':') + 1))),
    cluster: options.cluster ?? alone,
    leader: options.leader ?? (() => 'self'),
    pause: serving.pause,
  };
}

/** Starts a double, in this process. */
export async function startDouble(options: DoubleOptions = {}): Promise<Double> {
  const serving = createServing(options);
  const member = createMember(options, serving);
  await serving.start(member);
  const port = serving.port();
  return {
    url: `esdb://${HOST}:${port}?tls=${options.tls !== undefined}`,
    host: HOST,
    port,
    log: member.log,
    faults: member.faults,
    counters: member.counters,
    connections: () => ({ open: serving.proxy()?.open() ?? 0, opened: serving.opened() }),
    running: () => serving.proxy() !== undefined,
    resetFaults: () => resetFaults(member.faults),
    dropConnections: () => serving.proxy()?.drop(),
    endSubscriptions(how = 'ok') {
      for (const open of member.subscriptions) open.end(how === 'ok' ? undefined : consumerTooSlow());
    },
    endBatchAppends() {
      for (const open of member.batches) open.end();
    },
    freeze: () => serving.proxy()?.freeze(),
    thaw: () => serving.proxy()?.thaw(),
    start: () => serving.start(member),
    stop: serving.stop,
    async close() {
      await serving.stop();
      if (options.log === undefined) member.log.close();
    },
  };
}
