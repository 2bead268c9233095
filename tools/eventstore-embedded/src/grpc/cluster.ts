import { randomUUID } from 'node:crypto';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { uuid } from '../wire/identifiers';

/** The release of EventStoreDB whose protocol is spoken. */
const SERVER_VERSION = '23.10.0';

/** A cluster of this one node, which leads it. */
export const clusterOf = ({ host, port }: { readonly host: string; readonly port: number }): ClusterInfo => {
  const member = new MemberInfo()
    .setInstanceId(uuid(randomUUID()))
    .setTimeStamp(`${Date.now()}0000`)
    .setState(MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new EndPoint().setAddress(host).setPort(port));
  return new ClusterInfo().setMembersList([member]);
};

/** What clients are told that they can call: the services' methods, by their lower-case paths. */
export const supportedMethods = (services: readonly ServiceDefinition[]): SupportedMethods => {
  const methods = services
    .flatMap((service) => Object.values(service))
    .map((method) => method.path.toLowerCase().split('/'))
    .map(([, service = '', name = '']) => new SupportedMethod().setServiceName(service).setMethodName(name));
  return new SupportedMethods().setEventStoreServerVersion(SERVER_VERSION).setMethodsList(methods);
};
