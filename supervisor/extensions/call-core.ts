import type { StoreFailure } from '../../platform/guard-store.ts';
import type { ResultLog } from '../../platform/results-store.ts';
import type { PluginCall } from '../../protocol/extension/calls.ts';
import { readConfigRequest, readLogRequest } from '../../protocol/extension/plugin-calls.ts';
import {
  type ExtensionOption,
  type ExtensionResponse,
  failedResponse,
  type PluginRequest,
  type RegistryName,
  registryNames,
  succeeded,
} from '../../protocol/extension/types.ts';
import type { ReloadReport } from '../../protocol/reload.ts';
import type { Result } from '../../protocol/result.ts';
import type { Door } from './check-registration.ts';
import { type CoreSql, callSql, callTable } from './core-tables.ts';
import type { PluginCaller } from './plugin-caller.ts';

/** What extensions may call of the daemon. */
export interface CoreCallDeps extends CoreSql {
  readonly plugins: PluginCaller;
  readonly options: () => ReadonlyMap<string, ExtensionOption>;
  /** The active plugins of a registry: an empty item stands for them. */
  readonly active: (registry: RegistryName) => readonly string[];
  /** Spools lines for all active loggers. */
  readonly log: (log: ResultLog, lines: readonly string[]) => Promise<Result<void, StoreFailure>>;
  /** Says lines in the daemon's own log. */
  readonly say: (message: string) => void;
  /** Takes a source that the active config plugin pushes, and says what came of it. */
  readonly push: (source: string, data: string) => Promise<ReloadReport>;
}

/** Longer than any answer of a plugin that is worth waiting for, and shorter than the door's own patience. */
const forward_ms = 60_000;

/**
 * Answers calls that an extension makes of plugins (the manager's `call`): those of the daemon, and those that other
 * extensions bring, which are passed on. Statuses and messages are osquery's where it has them.
 */
export const coreCalls =
  (deps: CoreCallDeps) =>
  async ({ registry, item, request }: PluginCall, door: Door): Promise<ExtensionResponse> => {
    if (!isRegistry(registry)) return failedResponse(`Unknown registry: ${registry}`);
    const [active] = deps.active(registry);
    const name = item === '' ? (active ?? '') : item;
    const bringer = deps.plugins.bringer(registry, name);
    if (registry === 'logger' && (item === '' || deps.active(registry).includes(item)))
      return callLogger(deps, request);
    if (registry === 'config' && name === active) return callConfig(deps, request, bringer?.door, door);
    if (bringer !== undefined) {
      return bringer.door.path === door.path
        ? failedResponse('an extension calls its own plugins itself')
        : forward(deps, registry, name, request);
    }
    if (registry === 'sql') return callSql(deps, request, door);
    if (registry === 'table') return callTable(deps, name, request, door);
    return failedResponse(`Cannot call registry item: ${name}`);
  };

/** A line goes to all active loggers, in the order of the spool and as safe as any other; so does one for one of them. */
const callLogger = async ({ log, say }: CoreCallDeps, request: PluginRequest): Promise<ExtensionResponse> => {
  const read = readLogRequest(request);
  if (!read.ok) return failedResponse(read.error.message);
  if (read.value === 'features') return succeededWith([]);
  switch (read.value.kind) {
    case 'string':
      return spooled(await log('results', [read.value.line]));
    case 'string_batch':
      return spooled(
        await log(
          'results',
          read.value.lines.split('\n').filter((line) => line !== ''),
        ),
      );
    case 'snapshot':
      return spooled(await log('snapshots', [read.value.line]));
    case 'event':
      return spooled(await log('results', [read.value.event]));
    case 'status':
      say(`An extension says: ${read.value.log}`);
      return succeededWith([]);
    case 'init':
      return succeededWith([]);
  }
};

const spooled = (result: Result<void, StoreFailure>): ExtensionResponse =>
  result.ok ? succeededWith([]) : failedResponse(result.error.message);

/**
 * Only the extension that is the config pushes it: in osquery every extension may, and with it schedules what it likes.
 */
const callConfig = async (
  { options, push }: CoreCallDeps,
  request: PluginRequest,
  owner: Door | undefined,
  door: Door,
): Promise<ExtensionResponse> => {
  const read = readConfigRequest(request);
  if (!read.ok) return failedResponse(read.error.message);
  if (read.value.action === 'option') {
    const { name } = read.value;
    const option = options().get(name);
    return option === undefined
      ? failedResponse(`there is no flag '${name}'`)
      : succeededWith([
          new Map([
            ['name', name],
            ['value', option.value],
          ]),
        ]);
  }
  if (owner?.path !== door.path) {
    return failedResponse('only the extension that brings the active config plugin may push a config');
  }
  const { outcome, summary, problems } = await push(read.value.source, read.value.data);
  return outcome === 'refused' ? failedResponse([summary, ...problems].join('\n')) : succeededWith([]);
};

const forward = async (
  { plugins }: CoreCallDeps,
  registry: RegistryName,
  item: string,
  request: PluginRequest,
): Promise<ExtensionResponse> => {
  const answer = await plugins.call(registry, item, request, forward_ms);
  return answer.ok ? answer.value : failedResponse(answer.error.message);
};

const succeededWith = (response: ExtensionResponse['response']): ExtensionResponse => ({
  status: succeeded(),
  response,
});

const isRegistry = (name: string): name is RegistryName => registryNames.some((known) => known === name);
