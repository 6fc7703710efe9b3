import { networkVariable } from '../../protocol/extension/environment.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** What Node 26 has and its types do not know yet. */
interface DroppablePermission {
  drop?(scope: 'net'): void;
}

/**
 * How this process gives up the right to open sockets, if its starter wants it to. What is connected or listens by then
 * goes on. Undefined: nobody wants it.
 */
export const networkToDrop = (): (() => Result<void, Failure<'cannot_drop'>>) | undefined => {
  if (process.env[networkVariable] !== 'denied') return undefined;
  const permission: DroppablePermission | undefined = process.permission;
  return () => {
    if (permission?.drop === undefined) {
      const message = `${networkVariable} is denied, but this process runs without the permission model of Node 26`;
      return fail({ reason: 'cannot_drop', message });
    }
    permission.drop('net');
    return ok(undefined);
  };
};
