import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { recordText } from '../../audit/leaf.js';
import { consistencyProof, inclusionProof, leafAt, rootAt, type KnownNodes } from '../../audit/merkle/tree.js';
import { base64Of } from '../../audit/notes/base64.js';
import { Access, type AccessRule } from '../access.js';
import type { GraphqlContext } from '../context.js';
import { badInput } from '../cursor.js';
import {
  AuditCheckpoint,
  auditCheckpointOf,
  AuditConsistencyProof,
  AuditInclusionProof,
} from '../types/audit-proof.js';
import { notFound } from './current.js';
import { readerOf, TRAIL_READERS } from './readers.js';
import { fixed } from '../costs/weights.js';

const RULE: AccessRule = { stages: ['FULL'], roles: TRAIL_READERS };

/** The tree of the account of whoever asks. */
function treeOf(context: GraphqlContext): {
  readonly accountId: string;
  readonly size: number;
  readonly nodes: KnownNodes;
} {
  const { accountId } = readerOf(context);
  const { trees } = context.readModels;
  return { accountId, size: trees.sizeOf(accountId), nodes: trees.nodesOf(accountId) };
}

function demandBetween(argument: string, value: number, [least, most]: readonly [number, number]): void {
  if (value >= least && value <= most) return;
  throw badInput(
    `\`${argument}\` may be from ${least} to ${most} here: the trail has no tree of another size for this.`,
  );
}

function rootHash(nodes: KnownNodes, size: number): string {
  return base64Of(rootAt(nodes, size));
}

@Resolver()
export class AuditProofResolver {
  @Access(RULE)
  @Query(() => AuditCheckpoint, {
    nullable: true,
    complexity: fixed(10),
    description: "A checkpoint of the account's audit trail as it is now, signed at this moment.",
  })
  async auditCheckpoint(@Ctx() context: GraphqlContext): Promise<AuditCheckpoint> {
    const { checkpoints } = context;
    const signed = await checkpoints.sign(readerOf(context).accountId);
    return auditCheckpointOf(signed, checkpoints.verifierKeys);
  }

  @Access(RULE)
  @Query(() => AuditInclusionProof, {
    nullable: true,
    complexity: fixed(6),
    description: "The proof that an event's record stands in the trail, for the tree of a size.",
  })
  async auditInclusionProof(
    @Arg('eventId', () => ID, { description: "The event's id." }) eventId: string,
    @Arg('treeSize', () => Int, {
      nullable: true,
      description: 'The size of the tree, as of the checkpoint to prove against; that of now if left out.',
    })
    treeSize: number | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<AuditInclusionProof> {
    const { accountId, size, nodes } = treeOf(context);
    const event = context.readModels.audit.byId(accountId, eventId);
    if (event === null) throw notFound();
    const wanted = treeSize ?? size;
    demandBetween('treeSize', wanted, [event.seq + 1, size]);
    const read = await context.records.recordAt(accountId, event.seq);
    if (read === null) throw notFound();
    return {
      ...{ leafIndex: event.seq, treeSize: wanted },
      leafHash: base64Of(leafAt(nodes, event.seq)),
      hashes: inclusionProof(nodes, event.seq, wanted).map(base64Of),
      rootHash: rootHash(nodes, wanted),
      record: recordText(read.record),
    };
  }

  @Access(RULE)
  @Query(() => AuditConsistencyProof, {
    nullable: true,
    complexity: fixed(3),
    description: 'The proof that the trail has only grown from one size to another.',
  })
  auditConsistencyProof(
    @Arg('fromSize', () => Int, { description: 'The size of the older checkpoint.' }) fromSize: number,
    @Arg('toSize', () => Int, {
      nullable: true,
      description: 'The size of the newer checkpoint; that of now if left out.',
    })
    toSize: number | null | undefined,
    @Ctx() context: GraphqlContext,
  ): AuditConsistencyProof {
    const { size, nodes } = treeOf(context);
    const wanted = toSize ?? size;
    demandBetween('toSize', wanted, [0, size]);
    demandBetween('fromSize', fromSize, [0, wanted]);
    return {
      ...{ fromSize, toSize: wanted },
      ...{ fromRootHash: rootHash(nodes, fromSize), toRootHash: rootHash(nodes, wanted) },
      hashes: consistencyProof(nodes, fromSize, wanted).map(base64Of),
    };
  }
}
