import { rootAt, type KnownNodes } from '../merkle/tree.js';
import { base64Of } from '../notes/base64.js';
import { originOfAccount, signCheckpoint } from '../notes/checkpoint.js';
import type { SigningKey } from '../notes/keys.js';
import type { KnownCheckpoint } from './ledger.js';

/** The trees that checkpoints are of. */
export interface Trees {
  sizeOf(accountId: string): number;
  nodesOf(accountId: string): KnownNodes;
}

/** A checkpoint that was signed just now. */
export interface SignedCheckpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed text. */
  readonly note: string;
}

/** How a tree stands to the largest checkpoint that was signed of it: grown from it, shorter, or another one. */
export type Standing = 'GROWN' | 'SHORTER' | 'OTHER';

/** Compares a tree with the largest checkpoint that was signed of it. */
export function standingOf(trees: Trees, accountId: string, last: KnownCheckpoint | null): Standing {
  if (last === null) return 'GROWN';
  if (trees.sizeOf(accountId) < last.size) return 'SHORTER';
  return base64Of(rootAt(trees.nodesOf(accountId), last.size)) === last.root ? 'GROWN' : 'OTHER';
}

/** Signs the tree of an account as it is now. */
export function signTree(trees: Trees, accountId: string, by: { origin: string; key: SigningKey }): SignedCheckpoint {
  const size = trees.sizeOf(accountId);
  const root = rootAt(trees.nodesOf(accountId), size);
  const origin = originOfAccount(by.origin, accountId);
  return { origin, size, root, note: signCheckpoint({ origin, size, root, extensions: [] }, [by.key]) };
}
