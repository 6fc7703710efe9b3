import type { Clock } from '../../platform/clock.ts';
import type { CallFailure, ExtensionClient } from '../../platform/extension-wire.ts';
import { callLateListener } from '../../platform/late-listener.ts';
import type {
  ExtensionResponse,
  ExtensionStatus,
  RegistryName,
  SentRequest,
} from '../../protocol/extension/types.ts';
import { configLimits, controlLimits } from '../../protocol/extension/wire-limits.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { ExtensionBoard } from './extension-board.ts';
import { ownerOf, type Registration, routeSocket } from './registry.ts';

/** `no_plugin`: no extension brings it at this moment. `call_failed`: one does, and gave no answer. */
export type PluginCallFailure = Failure<'no_plugin' | 'call_failed'>;

/** Calls a plugin that an extension brings. */
export interface PluginCaller {
  /** Who brings a plugin at this moment. Another uuid is another process, which knows nothing of earlier calls. */
  bringer(registry: RegistryName, item: string): Registration | undefined;
  /** The plugin's answer, whatever its status says. `deadline_ms`: of the call, without the ping before it. */
  call(
    registry: RegistryName,
    item: string,
    request: SentRequest,
    deadline_ms: number,
  ): Promise<Result<ExtensionResponse, PluginCallFailure>>;
}

/** What calling plugins needs. */
export interface PluginCallerDeps {
  readonly board: Pick<ExtensionBoard, 'attached'>;
  readonly client: ExtensionClient;
  readonly clock: Clock;
}

/** osquery's, for the ping before every call. */
const ping_ms = 10_000;

/**
 * Calls plugins as osquery does: before every call a ping on a connection of its own, whose status nobody looks at. An
 * extension that hangs is found by the short deadline of the ping, and one that is gone costs no call. Until it was heard
 * once, the ping waits for it to listen.
 */
export const pluginCaller = ({ board, client, clock }: PluginCallerDeps): PluginCaller => {
  let heard: ReadonlySet<number> = new Set();
  const bringer: PluginCaller['bringer'] = (registry, item) =>
    ownerOf({ registrations: board.attached }, registry, item);
  const ping = async (
    registration: Registration,
    deadline_ms: number,
  ): Promise<Result<ExtensionStatus, CallFailure>> => {
    const { uuid } = registration;
    const until_ms = clock.monotonicMs() + deadline_ms;
    const once = (): Promise<Result<ExtensionStatus, CallFailure>> => {
      const bounds = { deadline_ms: Math.ceil(until_ms - clock.monotonicMs()), limits: controlLimits };
      return client.call(routeSocket(registration), { method: 'ping' }, bounds);
    };
    const pinged = await callLateListener(
      clock,
      once,
      (again_ms) => again_ms < until_ms && !heard.has(uuid) && board.attached.has(uuid),
    );
    if (pinged.ok) heard = new Set([...heard, uuid].filter((each) => board.attached.has(each)));
    return pinged;
  };
  return {
    bringer,
    call: async (registry, item, request, deadline_ms) => {
      const registration = bringer(registry, item);
      if (registration === undefined) {
        const message = `no extension brings the ${registry} plugin '${item}' at present`;
        return fail({ reason: 'no_plugin', message });
      }
      const pinged = await ping(registration, Math.min(ping_ms, deadline_ms));
      if (!pinged.ok) return callFailed(registry, item, pinged.error);
      const limits = registry === 'config' ? configLimits : controlLimits;
      const answer = await client.call(
        routeSocket(registration),
        { method: 'call', registry, item, request },
        { deadline_ms, limits },
      );
      return answer.ok ? ok(answer.value) : callFailed(registry, item, answer.error);
    },
  };
};

const callFailed = (
  registry: RegistryName,
  item: string,
  { message }: CallFailure,
): { readonly ok: false; readonly error: PluginCallFailure } =>
  fail({ reason: 'call_failed', message: `the ${registry} plugin '${item}' gave no answer: ${message}` });
