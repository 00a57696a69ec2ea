import { join } from 'node:path';
import type { Settings } from '../framework/row.js';
import { runJob } from '../support/jobs.js';
import { workFolder } from '../support/paths.js';
import { installPeers, startPeer, type Peer } from '../support/peer.js';
import type { LoadParams, LoadResult } from '../jobs/load.js';

/** The peer, kept running over the rounds of a row on a file of its own. */
export interface PeerSide {
  readonly peer: Peer;
  readonly load: (scenario: LoadParams['scenario'], more?: Partial<LoadParams>) => Promise<LoadResult>;
  readonly close: () => Promise<void>;
}

/** Connections of every load, to whichever server. */
export const CONNECTIONS = 16;

/** How a server is loaded in a round of this length. */
export function loadOf({ milliseconds }: Settings) {
  return { connections: CONNECTIONS, warmUpMilliseconds: milliseconds / 2, milliseconds };
}

/** Starts the peer, and installs it before where need be. */
export async function openPeerSide(settings: Settings, hash: 'argon2id' | 'trivial'): Promise<PeerSide> {
  installPeers(settings);
  const folder = workFolder();
  const peer = await startPeer(join(folder.path, 'peer.db'), hash);
  return {
    peer,
    load: (scenario, more = {}) => runJob('load', { ...loadOf(settings), scenario, url: peer.url, ...more }),
    async close() {
      await peer.stop();
      folder.remove();
    },
  };
}
