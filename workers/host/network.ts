import { nodeClock } from '../../platform/node/clock.ts';
import type { ExtensionDoor } from '../../protocol/host-network.ts';
import type { OpenNetwork } from '../query-runner.ts';
import { busDoor } from './bus-door.ts';
import { httpDoor } from './http-door.ts';
import type { NetworkLine } from './network-line.ts';
import { tlsDoor } from './tls-door.ts';

/** The network door of a worker that may open sockets. */
export const openNetwork: OpenNetwork = (run) => {
  const line = { ...run, clock: nodeClock };
  const extensions = lateDoor(line);
  return {
    get: (request) => httpDoor(line, request),
    certificate: (request) => tlsDoor(line, request),
    callBus: (request) => busDoor(line, request),
    extensions,
  };
};

/** Thrift is loaded with the first call of an extension: other queries do not pay for it. */
const lateDoor = (line: NetworkLine): ExtensionDoor => {
  let opened: Promise<ExtensionDoor> | undefined;
  const open = async (): Promise<ExtensionDoor> => (await import('./extension-door.ts')).extensionDoor(line);
  const door = (): Promise<ExtensionDoor> => (opened ??= open());
  return {
    rows: async function* (call, binary) {
      return yield* (await door()).rows(call, binary);
    },
    change: async (call) => (await door()).change(call),
  };
};
