import { type Failure, fail, ok, type Result } from '../result.ts';
import type { PluginRequest } from './types.ts';

export type PluginCallFailure = Failure<'bad_call'>;

/** What a config plugin is asked for: the extension's side of `genConfigRequest` and `genPackRequest`. */
export type ConfigCall =
  | { readonly action: 'genConfig' }
  | { readonly action: 'genPack'; readonly name: string; readonly value: string };

/** Reads a call of a config plugin. */
export const readConfigCall = (call: PluginRequest): Result<ConfigCall, PluginCallFailure> => {
  const action = call.get('action');
  if (action === 'genConfig') return ok({ action });
  if (action === 'genPack')
    return ok({ action, name: call.get('name') ?? '', value: call.get('value') ?? '' });
  return badCall('a config plugin takes the actions genConfig and genPack');
};

/** What a distributed plugin is asked for: the extension's side of `getQueriesRequest` and `writeResultsRequest`. */
export type DistributedCall =
  | { readonly action: 'getQueries' }
  | { readonly action: 'writeResults'; readonly results: string };

/** Reads a call of a distributed plugin. */
export const readDistributedCall = (call: PluginRequest): Result<DistributedCall, PluginCallFailure> => {
  const action = call.get('action');
  if (action === 'getQueries') return ok({ action });
  if (action === 'writeResults') return ok({ action, results: call.get('results') ?? '' });
  return badCall('a distributed plugin takes the actions getQueries and writeResults');
};

const badCall = (message: string): { readonly ok: false; readonly error: PluginCallFailure } =>
  fail({ reason: 'bad_call', message });
