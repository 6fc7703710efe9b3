import type { Reply } from '../../platform/extension-wire.ts';
import {
  faultTypes,
  type ManagerCall,
  type PluginAnswer,
  type PluginCall,
} from '../../protocol/extension/calls.ts';
import { failedResponse, succeeded, type WireRow } from '../../protocol/extension/types.ts';
import type { Failure, Result } from '../../protocol/result.ts';
import { answerConfig, answerDistributed, answerLogger } from '../plugins/answer-plugin.ts';
import { answerTable } from '../plugins/answer-table.ts';
import type { Plugin } from '../plugins/define-plugin.ts';
import { isTable, registryOf } from '../plugins/route-of.ts';
import type { ScanHost } from '../plugins/scan-table.ts';

/** What an extension answers with. */
export interface AnswerDeps {
  readonly uuid: number;
  readonly plugins: readonly Plugin[];
  readonly host: ScanHost;
  /** The name of the plugin that an empty item means, by the daemon's options. */
  readonly active: (registry: string) => string | undefined;
  readonly shutdown: () => void;
  readonly log: (message: string) => void;
}

/** Answers a call of service `Extension`. Never rejects: what a plugin throws is a status. */
export const answerCall = async (call: ManagerCall, deps: AnswerDeps): Promise<Reply> => {
  switch (call.method) {
    case 'ping':
      return answer({ method: 'ping', value: { ...succeeded(deps.uuid), message: 'pong' } });
    case 'shutdown':
      deps.shutdown();
      return answer({ method: 'shutdown', value: undefined });
    case 'call':
      return answer({ method: 'call', value: await callPlugin(call, deps) });
    case 'extensions':
    case 'options':
    case 'registerExtension':
    case 'deregisterExtension':
    case 'query':
    case 'getQueryColumns': {
      const message = `Invalid method name: '${call.method}'`;
      return { kind: 'fault', fault: { type: faultTypes.unknownMethod, message } };
    }
  }
};

const answer = (value: Extract<Reply, { kind: 'answer' }>['answer']): Reply => ({
  kind: 'answer',
  answer: value,
});

const callPlugin = async (
  { registry, item, request }: PluginCall,
  deps: AnswerDeps,
): Promise<PluginAnswer> => {
  const plugin = findPlugin(registry, item === '' ? deps.active(registry) : item, deps.plugins);
  if (plugin === undefined) {
    return failedResponse(`Unknown registry item: ${registry}/${item}`);
  }
  try {
    if ('registry' in plugin && plugin.registry === 'logger') {
      const code = await answerLogger(plugin, request);
      if (!code.ok) return failedResponse(code.error.message);
      return { status: { ...succeeded(), code: code.value }, response: [] };
    }
    const rows = await answerRows(plugin, request, deps);
    return rows.ok ? { status: succeeded(), response: rows.value } : failedResponse(rows.error.message);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    deps.log(
      `${registry} ${plugin.name} failed: ${error instanceof Error ? (error.stack ?? message) : message}`,
    );
    return failedResponse(`${registry} ${plugin.name} failed: ${message}`);
  }
};

const answerRows = (
  plugin: Exclude<Plugin, { registry: 'logger' }>,
  request: PluginCall['request'],
  { host }: AnswerDeps,
): Promise<Result<readonly WireRow[], Failure>> => {
  if (isTable(plugin)) return answerTable(plugin, request, host);
  return plugin.registry === 'config' ? answerConfig(plugin, request) : answerDistributed(plugin, request);
};

/** Names of tables have no case, as in SQL. */
const findPlugin = (
  registry: string,
  item: string | undefined,
  plugins: readonly Plugin[],
): Plugin | undefined => {
  const candidates = plugins.filter((plugin) => registryOf(plugin) === registry);
  if (item === undefined) return undefined;
  return candidates.find(
    ({ name }) => name === item || (registry === 'table' && name.toLowerCase() === item.toLowerCase()),
  );
};
