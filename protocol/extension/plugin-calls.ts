import { type Failure, fail, ok, type Result } from '../result.ts';
import type { PluginRequest, PluginResponse } from './types.ts';

const request = (members: Readonly<Record<string, string>>): PluginRequest =>
  new Map(Object.entries(members));

/** Asks a table for its columns; the answer is read by `readTableRoute`. */
export const columnsRequest: PluginRequest = request({ action: 'columns' });

/** Asks a table for rows; the context is made by `writeContext`. */
export const generateRequest = (context: string): PluginRequest => request({ action: 'generate', context });

/** Asks a config plugin for its sources. */
export const genConfigRequest: PluginRequest = request({ action: 'genConfig' });

/** Asks a config plugin for a pack whose definition in the config was a text. */
export const genPackRequest = (name: string, value: string): PluginRequest =>
  request({ action: 'genPack', name, value });

export type AnswerFailure = Failure<'no_answer' | 'bad_answer'>;

/** Config text by source: what a config plugin answers to `genConfig`. */
export const readConfigAnswer = (
  response: PluginResponse,
): Result<ReadonlyMap<string, string>, AnswerFailure> => {
  const [sources] = response;
  if (sources === undefined) return noAnswer('the config plugin gave no sources');
  return ok(sources);
};

/** The pack's JSON: what a config plugin answers to `genPack`. */
export const readPackAnswer = (name: string, response: PluginResponse): Result<string, AnswerFailure> => {
  const pack = response[0]?.get(name);
  return pack === undefined ? noAnswer(`the config plugin gave no pack ${JSON.stringify(name)}`) : ok(pack);
};

/** What an extension asks of the daemon's config plugin. */
export type ConfigRequest =
  | { readonly action: 'update'; readonly source: string; readonly data: string }
  | { readonly action: 'option'; readonly name: string };

/** Reads a call of `config` that an extension makes: a push of configuration, or a question for a flag. */
export const readConfigRequest = (call: PluginRequest): Result<ConfigRequest, AnswerFailure> => {
  switch (call.get('action') ?? '') {
    case 'update': {
      const source = call.get('source');
      const data = call.get('data');
      if (source === undefined || data === undefined) return badCall('config update needs source and data');
      return ok({ action: 'update', source, data });
    }
    case 'option': {
      const name = call.get('name');
      return name === undefined ? badCall('config option needs a name') : ok({ action: 'option', name });
    }
    default:
      return badCall('config takes the actions update and option');
  }
};

/** A line or more for a logger plugin. */
export type LogRequest =
  | { readonly kind: 'string'; readonly line: string; readonly category: string }
  | { readonly kind: 'string_batch'; readonly lines: string }
  | { readonly kind: 'snapshot'; readonly line: string }
  /** Start of the logger under a process name, with the status lines of the time before (JSON). */
  | { readonly kind: 'init'; readonly processName: string; readonly log: string }
  | { readonly kind: 'status'; readonly log: string }
  | { readonly kind: 'event'; readonly event: string };

/** The request that carries lines to a logger plugin. */
export const logRequest = (log: LogRequest): PluginRequest => {
  switch (log.kind) {
    case 'string':
      return request({ string: log.line, category: log.category });
    case 'string_batch':
      return request({ string_batch: log.lines });
    case 'snapshot':
      return request({ snapshot: log.line });
    case 'init':
      return request({ init: log.processName, log: log.log });
    case 'status':
      return request({ status: 'true', log: log.log });
    case 'event':
      return request({ event: log.event });
  }
};

/** Reads what a logger plugin is asked, by the order of keys in which osquery looks for them. */
export const readLogRequest = (call: PluginRequest): Result<LogRequest | 'features', AnswerFailure> => {
  const line = call.get('string');
  if (line !== undefined) return ok({ kind: 'string', line, category: call.get('category') ?? '' });
  const lines = call.get('string_batch');
  if (lines !== undefined) return ok({ kind: 'string_batch', lines });
  const snapshot = call.get('snapshot');
  if (snapshot !== undefined) return ok({ kind: 'snapshot', line: snapshot });
  const processName = call.get('init');
  const log = call.get('log') ?? '';
  if (processName !== undefined) return ok({ kind: 'init', processName, log });
  if (call.has('status')) return ok({ kind: 'status', log });
  const event = call.get('event');
  if (event !== undefined) return ok({ kind: 'event', event });
  return call.get('action') === 'features' ? ok('features') : badCall('a logger does not know this request');
};

/** Asks a logger plugin what it wants; it answers with the code of its status. */
export const loggerFeaturesRequest: PluginRequest = request({ action: 'features' });

/** What a logger plugin wants beside results. */
export interface LoggerFeatures {
  readonly status: boolean;
  readonly events: boolean;
}

/** Reads the status code that answers `loggerFeaturesRequest`; a negative one wants nothing. */
export const readLoggerFeatures = (code: number): LoggerFeatures => ({
  status: code > 0 && (code & 1) !== 0,
  events: code > 0 && (code & 2) !== 0,
});

/** Asks a distributed plugin for queries. */
export const getQueriesRequest: PluginRequest = request({ action: 'getQueries' });

/** Hands results of distributed queries (JSON, without a node key) to their plugin. */
export const writeResultsRequest = (results: string): PluginRequest =>
  request({ action: 'writeResults', results });

/** The read response (JSON): what a distributed plugin answers to `getQueries`. */
export const readQueriesAnswer = (response: PluginResponse): Result<string, AnswerFailure> => {
  const queries = response[0]?.get('results');
  return queries === undefined ? noAnswer('the distributed plugin gave no queries') : ok(queries);
};

const noAnswer = (message: string): { readonly ok: false; readonly error: AnswerFailure } =>
  fail({ reason: 'no_answer', message });

const badCall = (message: string): { readonly ok: false; readonly error: AnswerFailure } =>
  fail({ reason: 'bad_answer', message });
