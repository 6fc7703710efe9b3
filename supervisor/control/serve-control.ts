import { listenUnix } from '../../platform/node/unix-socket.ts';
import type { SocketFailure, UnixServer } from '../../platform/unix-socket.ts';
import type { Result } from '../../protocol/result.ts';
import { type ControlDoor, ControlSession } from './control-session.ts';

/** Serves control sessions on a socket; file mode and directory are the only authorisation. */
export const serveControl = (path: string, door: ControlDoor): Promise<Result<UnixServer, SocketFailure>> =>
  listenUnix(path, (connection) => new ControlSession(connection, door));
