import { Field, Int, ObjectType } from 'type-graphql';
import type { SignedCheckpoint } from '../../audit/checkpoints/signing.js';
import { base64Of } from '../../audit/notes/base64.js';

@ObjectType('AuditCheckpoint', {
  description:
    "What the service says of the account's audit trail at one size, signed: whoever keeps it can prove later that nothing before was changed. docs/audit-format.md specifies it.",
})
export class AuditCheckpoint {
  @Field(() => String, { description: 'Which trail it is of: the first line of the signed text.' })
  origin!: string;

  @Field(() => Int, { description: 'How many records the trail has.' })
  size!: number;

  @Field(() => String, { description: 'The root of the Merkle tree over the records, in base64.' })
  rootHash!: string;

  @Field(() => String, { description: 'The signed text (C2SP tlog-checkpoint), to be kept exactly as it is.' })
  note!: string;

  @Field(() => [String], {
    description:
      'The verifier keys that the service has used, as at `/audit/keys`: keep them apart from the checkpoints.',
  })
  keys!: readonly string[];
}

@ObjectType('AuditInclusionProof', {
  description: 'Shows that a record stands in the trail as a checkpoint has it (RFC 9162 section 2.1.3).',
})
export class AuditInclusionProof {
  @Field(() => Int, { description: 'The place of the record in the trail, and of its leaf in the tree, from 0.' })
  leafIndex!: number;

  @Field(() => Int, { description: 'The size of the tree that the proof is for.' })
  treeSize!: number;

  @Field(() => String, { description: 'The hash of the leaf, in base64.' })
  leafHash!: string;

  @Field(() => [String], { description: 'The hashes that lead from the leaf to the root, lowest first, in base64.' })
  hashes!: readonly string[];

  @Field(() => String, {
    description: 'The root of the tree of that size, in base64: what a checkpoint of this size has.',
  })
  rootHash!: string;

  @Field(() => String, {
    description:
      'The record: its canonical JSON, which is the leaf. Hash it to see that it is the one that was proven.',
  })
  record!: string;
}

@ObjectType('AuditConsistencyProof', {
  description: 'Shows that a trail has only grown between two sizes (RFC 9162 section 2.1.4).',
})
export class AuditConsistencyProof {
  @Field(() => Int, { description: 'The smaller size.' })
  fromSize!: number;

  @Field(() => Int, { description: 'The larger size.' })
  toSize!: number;

  @Field(() => String, { description: 'The root of the tree of the smaller size, in base64.' })
  fromRootHash!: string;

  @Field(() => String, { description: 'The root of the tree of the larger size, in base64.' })
  toRootHash!: string;

  @Field(() => [String], {
    description: 'The hashes of the proof, in base64; none from size 0, nor between equal sizes.',
  })
  hashes!: readonly string[];
}

/** A checkpoint as the API shows it. */
export function auditCheckpointOf(signed: SignedCheckpoint, keys: readonly string[]): AuditCheckpoint {
  const { origin, size, root, note } = signed;
  return { origin, size, rootHash: base64Of(root), note, keys };
}
