import { startDouble, type Double, type DoubleOptions } from './double.js';
import type { Endpoint } from './faults.js';
import { memoryJournal } from './journal.js';
import { openLog, type Log } from './log.js';
import type { ClusterMember } from './member.js';
import { writeFirstEvents, writeSystemEvent } from './system-events.js';

/** Doubles that share one log; one of them leads. */
export interface Cluster {
  readonly members: readonly Double[];
  readonly log: Log;
  /** The connection string that names every member. */
  readonly url: string;
  /** The connection string that names one member, who tells of the others. */
  readonly discoverUrl: (index?: number) => string;
  readonly leader: () => Double;
  /** Makes another member the leader. Clients learn of it by gossip, or from a follower that refuses them. */
  elect(index: number): void;
  close(): Promise<void>;
}

/** Starts a cluster of so many members, the first of which leads. */
export async function startCluster(size: number, options: DoubleOptions = {}): Promise<Cluster> {
  const log = openLog(memoryJournal());
  writeFirstEvents(log);
  const members: Double[] = [];
  const ids = Array.from({ length: size }, () => crypto.randomUUID());
  let leading = 0;
  const endpoint = ({ host, port }: Double): Endpoint => ({ host, port });
  const member = (index: number): Double => {
    const found = members[index];
    if (found === undefined) throw new Error(`there is no member ${index}`);
    return found;
  };
  const cluster = (): readonly ClusterMember[] =>
    members.map((each, index) => ({
      id: ids[index] ?? '',
      endpoint: endpoint(each),
      leads: index === leading && each.running(),
      alive: each.running(),
    }));
  for (let index = 0; index < size; index += 1) {
    const leader = (): 'self' | Endpoint => (index === leading ? 'self' : endpoint(member(leading)));
    members.push(await startDouble({ ...options, log, cluster, leader }));
  }
  const query = `tls=${options.tls !== undefined}`;
  const address = ({ host, port }: Double): string => `${host}:${port}`;
  return {
    members,
    log,
    url: `esdb://${members.map(address).join(',')}?${query}`,
    discoverUrl: (index = 0) => `esdb+discover://${address(member(index))}?${query}`,
    leader: () => member(leading),
    elect(index) {
      member(index);
      leading = index;
      writeSystemEvent(log, '$epoch-information', '$EpochInformation');
    },
    async close() {
      await Promise.all(members.map((each) => each.close()));
      log.close();
    },
  };
}
