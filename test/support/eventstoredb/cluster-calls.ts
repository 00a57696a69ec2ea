import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type { ClusterInfo, MemberInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ServerUnaryCall } from '@grpc/grpc-js';

import { unimplemented, type RpcError } from './errors.js';
import { admit, countOpen, delayed, type ClusterMember, type Member } from './member.js';
import { uuid } from './messages.js';

type Answer<Response> = (error: RpcError | null, response?: Response) => void;

const VERSION = '23.10.0.0';
const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;

function memberInfo({ id, endpoint, leads, alive }: ClusterMember): MemberInfo {
  const address = new gossip.EndPoint();
  address.setAddress(endpoint.host);
  address.setPort(endpoint.port);
  const info = new gossip.MemberInfo();
  info.setInstanceId(uuid(id));
  info.setTimeStamp((BigInt(Date.now()) * 10_000n).toString());
  info.setState(leads ? LEADER : FOLLOWER);
  info.setIsAlive(alive);
  info.setHttpEndPoint(address);
  return info;
}

function clusterInfo(member: Member): ClusterInfo {
  const info = new gossip.ClusterInfo();
  info.setMembersList(member.cluster().map(memberInfo));
  return info;
}

function supportedMethods(): SupportedMethods {
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion(VERSION);
  for (const { path } of Object.values(streams.StreamsService)) {
    const [, service = '', name = ''] = path.split('/');
    const method = new features.SupportedMethod();
    method.setServiceName(service.toLowerCase());
    method.setMethodName(name.toLowerCase());
    methods.addMethods(method);
  }
  return methods;
}

async function unaryCall<Response>(
  member: Member,
  { kind, call }: { kind: 'gossip' | 'features'; call: ServerUnaryCall<Empty, Response> },
  answer: (error?: RpcError) => void,
): Promise<void> {
  const refused = admit(member, kind, call.metadata);
  const close = countOpen(member, kind, call);
  if (refused === 'hang') return;
  await delayed(member);
  close();
  answer(refused);
}

/** Answers the Read RPC of gossip: who is in the cluster, and who leads. */
export const gossipCall = (
  member: Member,
  call: ServerUnaryCall<Empty, ClusterInfo>,
  answer: Answer<ClusterInfo>,
): Promise<void> =>
  unaryCall(member, { kind: 'gossip', call }, (refused) =>
    refused === undefined ? answer(null, clusterInfo(member)) : answer(refused),
  );

/** Answers the RPC by which clients learn what a server can do. */
export const supportedMethodsCall = (
  member: Member,
  call: ServerUnaryCall<Empty, SupportedMethods>,
  answer: Answer<SupportedMethods>,
): Promise<void> =>
  unaryCall(member, { kind: 'features', call }, (refused) => {
    if (refused !== undefined) answer(refused);
    else if (member.settings.features) answer(null, supportedMethods());
    else answer(unimplemented());
  });
