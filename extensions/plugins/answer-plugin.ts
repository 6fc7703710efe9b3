import { type LogRequest, readLogRequest } from '../../protocol/extension/plugin-calls.ts';
import { readConfigCall, readDistributedCall } from '../../protocol/extension/read-plugin-call.ts';
import { extensionCodes, type PluginRequest, type PluginRow } from '../../protocol/extension/types.ts';
import { type Failure, ok, type Result } from '../../protocol/result.ts';
import type {
  ConfigPlugin,
  DistributedPlugin,
  DistributedResults,
  LoggerPlugin,
  StatusLine,
} from './define-plugin.ts';

/** Answers a call of a config plugin. */
export const answerConfig = async (
  plugin: ConfigPlugin,
  request: PluginRequest,
): Promise<Result<readonly PluginRow[], Failure>> => {
  const call = readConfigCall(request);
  if (!call.ok) return call;
  if (call.value.action === 'genConfig') return ok([new Map(Object.entries(await plugin.sources()))]);
  const { name, value } = call.value;
  // Without a function of its own the definition is the pack.
  const pack = plugin.pack === undefined ? value : await plugin.pack(name, value);
  return ok([new Map([[name, pack]])]);
};

/** Answers a call of a distributed plugin. */
export const answerDistributed = async (
  plugin: DistributedPlugin,
  request: PluginRequest,
): Promise<Result<readonly PluginRow[], Failure>> => {
  const call = readDistributedCall(request);
  if (!call.ok) return call;
  if (call.value.action === 'getQueries') {
    return ok([new Map([['results', JSON.stringify(await plugin.queries())]])]);
  }
  await plugin.results(JSON.parse(call.value.results) as DistributedResults);
  return ok([]);
};

/** Answers a call of a logger plugin with the code of its status: 0, or what it wants to be told. */
export const answerLogger = async (
  plugin: LoggerPlugin,
  request: PluginRequest,
): Promise<Result<number, Failure>> => {
  const call = readLogRequest(request);
  if (!call.ok) return call;
  if (call.value === 'features') {
    return ok((plugin.status === undefined ? 0 : 1) | (plugin.event === undefined ? 0 : 2));
  }
  await log(plugin, call.value);
  return ok(extensionCodes.success);
};

const log = async (plugin: LoggerPlugin, order: LogRequest): Promise<void> => {
  switch (order.kind) {
    case 'string':
      return await plugin.result(order.line, order.category);
    case 'string_batch':
      for (const line of order.lines.split('\n')) if (line !== '') await plugin.result(line, '');
      return;
    case 'snapshot':
      if (plugin.snapshot === undefined) return await plugin.result(order.line, 'snapshot');
      return await plugin.snapshot(order.line);
    case 'init':
      return await plugin.start?.(order.processName, statusLines(order.log));
    case 'status':
      return await plugin.status?.(statusLines(order.log));
    case 'event':
      return await plugin.event?.(order.event);
  }
};

const statusLines = (log: string): readonly StatusLine[] =>
  log === '' ? [] : (JSON.parse(log) as readonly StatusLine[]);
