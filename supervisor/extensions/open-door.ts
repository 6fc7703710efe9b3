import type { ActorRef, ActorSystem } from '../../actors/index.ts';
import type { ExtensionServing, HangUpReason, Reply } from '../../platform/extension-wire.ts';
import type { SocketFailure } from '../../platform/unix-socket.ts';
import { faultTypes, type ManagerCall } from '../../protocol/extension/calls.ts';
import { controlLimits } from '../../protocol/extension/wire-limits.ts';
import { ok, type Result } from '../../protocol/result.ts';
import type { Door } from './check-registration.ts';
import type { ManagerMessage } from './manager.ts';

/** How the manager is asked. */
export interface ManagerAccess {
  readonly system: ActorSystem;
  readonly manager: ActorRef<ManagerMessage>;
}

/** What a door leads to. */
export interface DoorDeps extends ManagerAccess {
  readonly serving: ExtensionServing;
  /** Told of clients that were hung up on. */
  readonly hungUp: (door: Door, reason: HangUpReason, message: string) => void;
}

/** An open door. */
export interface OpenDoor {
  readonly door: Door;
  /** Withdraws what was registered by it, hangs up and removes the socket, and those of its extensions. */
  close(): Promise<void>;
}

/** osquery's `thrift_timeout`. */
const idle_ms = 300_000;
/** A message has 256 KiB at most: an honest sender needs milliseconds. */
const message_ms = 10_000;
/** Longer than any query may run: what has no answer by then is held up inside. */
const answer_ms = 330_000;
/**
 * Four of the largest registrations a second, or five hundred pings: the loop gives a door a twentieth of its time. An
 * extension registers once and then asks every few seconds.
 */
const pace_bytes_per_s = 1 << 20;
const mostConnections = { managed: 8, shared: 64 } as const;

/**
 * Opens a socket that extensions register on, after what an earlier life left there was removed. The socket's mode is
 * the only authorisation; a managed extension has its door in a directory that nobody else may enter.
 */
export const openDoor = async (deps: DoorDeps, door: Door): Promise<Result<OpenDoor, SocketFailure>> => {
  const { serving } = deps;
  const server = await serving.serve({
    path: door.path,
    directory: door.kind === 'managed' ? 'private' : 'guarded',
    limits: controlLimits,
    maxConnections: mostConnections[door.kind],
    idle_ms,
    message_ms,
    pace_bytes_per_s,
    answer: (call, left) => askManager(deps, door, call, left),
    hungUp: (reason, message) => deps.hungUp(door, reason, message),
  });
  if (!server.ok) return server;
  serving.clearRoutes(door.path);
  return ok({
    door,
    close: async () => {
      deps.manager.tell({ type: 'door_closed', door });
      await server.value.close();
      serving.clearRoutes(door.path);
    },
  });
};

/**
 * Asks the manager as one who came by a door; whatever goes wrong is a fault for who asked. `left`: aborted when nobody
 * waits for the answer any more.
 */
export const askManager = async (
  { system, manager }: ManagerAccess,
  door: Door,
  call: ManagerCall,
  left: AbortSignal = new AbortController().signal,
): Promise<Reply> => {
  const reply = await system.ask<ManagerMessage, Reply>(
    manager,
    (replyTo) => ({ type: 'called', door, call, left, replyTo }),
    answer_ms,
  );
  if (reply.ok) return reply.value;
  return { kind: 'fault', fault: { type: faultTypes.internalError, message: reply.error.message } };
};
