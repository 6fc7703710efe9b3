import type { Clock } from '../../platform/clock.ts';
import type { ExtensionClient, ExtensionServing, ManagerLine } from '../../platform/extension-wire.ts';
import type { SocketFailure, UnixServer } from '../../platform/unix-socket.ts';
import { ownSdkVersion } from '../../protocol/extension/sdk-version.ts';
import {
  type ExtensionOption,
  type ExtensionStatus,
  extensionCodes,
  type RegistryRoutes,
} from '../../protocol/extension/types.ts';
import { controlLimits, type WireLimits } from '../../protocol/extension/wire-limits.ts';
import { type Failure, ok, type Result } from '../../protocol/result.ts';
import type { Extension } from '../extension.ts';
import { routesOf } from '../plugins/route-of.ts';
import type { ScanHost } from '../plugins/scan-table.ts';
import { type AnswerDeps, answerCall } from './answer-call.ts';
import type { ServeArguments } from './arguments.ts';
import { type CallManager, type Daemon, daemonOf } from './daemon.ts';

/** What the life of an extension needs of its process. */
export interface ExtensionHost extends Pick<ScanHost, 'files' | 'host'> {
  readonly clock: Clock;
  readonly client: ExtensionClient;
  readonly serving: ExtensionServing;
  /** Connects to the manager for good. */
  keepLine(path: string): Promise<Result<ManagerLine, SocketFailure>>;
  /** Whether anything stands at a path. */
  exists(path: string): boolean;
  /** Gives up the right to open sockets, for good; undefined: there is no need to. */
  readonly dropNetwork: (() => Result<void, Failure>) | undefined;
  /** Calls `stop` when the process is told to end. */
  onStop(stop: (why: string) => void): void;
  /** What went wrong, for the person who wrote the extension or runs it. */
  log(message: string): void;
  /** What happens, for who wants to see everything. */
  trace(message: string): void;
}

/** How an extension ended: the exit code of its process, and why. */
export interface ExtensionEnd {
  readonly code: 0 | 1;
  readonly why: string;
}

type Options = ReadonlyMap<string, ExtensionOption>;

const poll_ms = 20;
/** Different ones that are told; a table that warns without end fills no log. */
const mostWarnings = 1000;
/** osquery's for its pings. */
const ping_ms = 10_000;
const control = { deadline_ms: 60_000, limits: controlLimits };

/** The largest request is a context with a long IN list, or a row that is written. */
const callLimits: WireLimits = {
  ...controlLimits,
  message_bytes: 32 * 1024 * 1024,
  string_bytes: 32 * 1024 * 1024,
};
/** More calls at once than any daemon makes. */
const maxConnections = 64;
const idle_ms = 300_000;
const message_ms = 60_000;
/** The daemon is trusted with more than the machine can do. */
const pace_bytes_per_s = 1 << 30;

/** Lives the life of an extension from the first look for its manager to the end. Never rejects. */
export const runExtension = async (
  extension: Extension,
  settings: ServeArguments,
  host: ExtensionHost,
): Promise<ExtensionEnd> => {
  let stop = (_why: string): void => {};
  const stopped = new Promise<ExtensionEnd>((resolve) => {
    stop = (why) => resolve({ code: 0, why });
  });
  host.onStop(stop);
  const routes = routesOf(extension.plugins);
  if (!routes.ok) return failed(routes.error.message);
  const missing = await Promise.race([waitForManager(settings, host), stopped]);
  if (missing !== undefined) return missing;
  const call: CallManager = (order, bounds) => host.client.call(settings.socket, order, bounds);
  const registered = await register(extension, routes.value, call);
  if (!registered.ok) return failed(registered.error.message);
  const { code, message, uuid } = registered.value;
  if (code !== extensionCodes.success) return failed(`the manager refuses: ${message}`);
  const asked = await call({ method: 'options' }, control);
  const options: Options = asked.ok ? asked.value : new Map();
  const path = `${settings.socket}.${uuid}`;
  // Once the answer has left.
  const shutdown = (): void => host.clock.soon(() => stop('the manager ends it'));
  const line = await openLine(settings.socket, call, host);
  if (!line.ok) return failed(line.error.message);
  const server = await serveCalls(path, answerDeps(extension, uuid, options, host, shutdown), host);
  if (!server.ok) return failed(server.error.message);
  // Before the first call can be read.
  const dropped = host.dropNetwork?.() ?? ok(undefined);
  if (!dropped.ok) return failed(dropped.error.message);
  host.trace(`registered with ${settings.socket} as ${uuid}`);
  try {
    const begun = begin(extension, daemonOf(uuid, options, line.value.call));
    return await Promise.race([watch(uuid, line.value.call, settings, host), begun, stopped]);
  } catch (error) {
    return failed(`started failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await server.value.close();
    line.value.close();
  }
};

/** Only ever settles when `started` fails. */
const begin = async (extension: Extension, daemon: Daemon): Promise<never> => {
  await extension.started?.(daemon);
  return new Promise<never>(() => {});
};

const failed = (why: string): ExtensionEnd => ({ code: 1, why });

/** Undefined when the manager answers; how the extension ends when it does not within `timeout_ms`. */
const waitForManager = async (
  { socket, timeout_ms }: ServeArguments,
  { client, clock }: ExtensionHost,
): Promise<ExtensionEnd | undefined> => {
  const until_ms = clock.monotonicMs() + timeout_ms;
  for (;;) {
    const pong = await client.call(socket, { method: 'ping' }, { ...control, deadline_ms: ping_ms });
    if (pong.ok) return undefined;
    if (clock.monotonicMs() >= until_ms) return failed(pong.error.message);
    await pause(clock, poll_ms);
  }
};

const pause = (clock: Clock, delay_ms: number): Promise<void> =>
  new Promise((resolve) => void clock.after(delay_ms, resolve));

const register = (
  { name, version }: Extension,
  routes: RegistryRoutes,
  call: CallManager,
): Promise<Result<ExtensionStatus, Failure>> =>
  call(
    {
      method: 'registerExtension',
      info: { name, version, sdkVersion: ownSdkVersion, minSdkVersion: '0.0.0' },
      routes,
    },
    control,
  );

const answerDeps = (
  { plugins }: Extension,
  uuid: number,
  options: Options,
  { clock, files, host, log }: ExtensionHost,
  shutdown: () => void,
): AnswerDeps => {
  const told = new Set<string>();
  const warn = (message: string): void => {
    if (told.has(message) || told.size === mostWarnings) return;
    told.add(message);
    log(message);
  };
  const turn = (): Promise<void> => new Promise((resolve) => clock.soon(resolve));
  const active = (registry: string): string | undefined =>
    options.get(`${registry}_plugin`)?.value.split(',')[0];
  return { uuid, plugins, host: { files, host, warn, turn }, active, shutdown, log };
};

const serveCalls = (
  path: string,
  deps: AnswerDeps,
  { serving, log }: ExtensionHost,
): Promise<Result<UnixServer, SocketFailure>> =>
  serving.serve({
    path,
    directory: 'given',
    limits: callLimits,
    maxConnections,
    idle_ms,
    message_ms,
    pace_bytes_per_s,
    answer: (call) => answerCall(call, deps),
    hungUp: (_reason, message) => log(`a caller was hung up on: ${message}`),
  });

/** The way to the manager once the extension serves. */
interface Line {
  readonly call: CallManager;
  close(): void;
}

/**
 * A connection a call; or, where the process gives up the right to make any, one that stays. There a long query holds up
 * the question whether the manager is still there, which it answers by itself.
 */
const openLine = async (
  socket: string,
  call: CallManager,
  { dropNetwork, keepLine }: ExtensionHost,
): Promise<Result<Line, SocketFailure>> => {
  if (dropNetwork === undefined) return ok({ call, close: () => {} });
  const kept = await keepLine(socket);
  if (!kept.ok) return kept;
  const line = kept.value;
  return ok({ call: (order, bounds) => line.call(order, bounds), close: () => line.close() });
};

/** Resolves when the manager is gone (0), fails (1) or does not know the extension any more (1). */
const watch = async (
  uuid: number,
  call: CallManager,
  { socket, interval_ms }: ServeArguments,
  { clock, exists }: ExtensionHost,
): Promise<ExtensionEnd> => {
  for (;;) {
    await pause(clock, interval_ms);
    const extensions = await call({ method: 'extensions' }, control);
    if (!extensions.ok) {
      if (!exists(socket)) return { code: 0, why: 'the manager is gone' };
      return failed(extensions.error.message);
    }
    if (!extensions.value.has(uuid)) return failed('the manager does not know this extension any more');
  }
};
