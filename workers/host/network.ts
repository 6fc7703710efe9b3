import { nodeClock } from '../../platform/node/clock.ts';
import type { OpenNetwork } from '../query-runner.ts';
import { busDoor } from './bus-door.ts';
import { extensionDoor } from './extension-door.ts';
import { httpDoor } from './http-door.ts';
import { tlsDoor } from './tls-door.ts';

/** The network door of a worker that may open sockets. */
export const openNetwork: OpenNetwork = (run) => {
  const line = { ...run, clock: nodeClock };
  return {
    get: (request) => httpDoor(line, request),
    certificate: (request) => tlsDoor(line, request),
    callBus: (request) => busDoor(line, request),
    extensions: extensionDoor(line),
  };
};
