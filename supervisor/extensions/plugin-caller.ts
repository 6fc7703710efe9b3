import type { Clock } from '../../platform/clock.ts';
import type { CallFailure, ExtensionClient } from '../../platform/extension-wire.ts';
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
/** The socket of an extension that has just registered is looked for this often. */
const lookEvery_ms = 20;

/**
 * Calls plugins as osquery does: before every call a ping on a connection of its own, whose status nobody looks at. An
 * extension that hangs is found by the short deadline of the ping, and one that is gone costs no call. One learns the
 * name of its socket by being registered, so it listens a little later: until it was heard once, the ping waits for that.
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
    for (let left_ms = deadline_ms; ; left_ms = until_ms - clock.monotonicMs()) {
      const bounds = { deadline_ms: left_ms, limits: controlLimits };
      const pinged = await client.call(routeSocket(registration), { method: 'ping' }, bounds);
      if (pinged.ok) heard = new Set([...heard, uuid].filter((each) => board.attached.has(each)));
      const mayCome = !pinged.ok && pinged.error.reason === 'no_listener' && !heard.has(uuid);
      const isOver = clock.monotonicMs() + 2 * lookEvery_ms > until_ms || !board.attached.has(uuid);
      if (!mayCome || isOver) return pinged;
      await new Promise<void>((resolve) => clock.after(lookEvery_ms, resolve));
    }
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
