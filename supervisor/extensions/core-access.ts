import type { ManagerCall } from '../../protocol/extension/calls.ts';
import { type ExtensionResponse, failedResponse, type RegistryName } from '../../protocol/extension/types.ts';
import type { Flags } from '../config/flags.ts';
import { loggersOf } from '../ledger/loggers.ts';
import type { CoreCallDeps } from './call-core.ts';
import type { Door } from './check-registration.ts';
import { askManager, type ManagerAccess } from './open-door.ts';

/** The active plugins of a registry, as the flags name them. */
export const activeItems = (flags: Flags, registry: RegistryName): readonly string[] => {
  const active: Partial<Record<RegistryName, readonly string[]>> = {
    config: [flags.text('config_plugin')],
    logger: loggersOf(flags),
    distributed: flags.bool('disable_distributed') ? [] : [flags.text('distributed_plugin')],
    sql: ['sql'],
  };
  return active[registry] ?? [];
};

/** SQL through the manager's own lane: a call of `sql` is no way round its depth. */
export const sqlOfManager = (access: ManagerAccess): Pick<CoreCallDeps, 'query' | 'queryColumns'> => {
  const ask = async (
    call: Extract<ManagerCall, { readonly method: 'query' | 'getQueryColumns' }>,
    door: Door,
  ): Promise<ExtensionResponse> => {
    const reply = await askManager(access, door, call);
    if (reply.kind === 'fault') return failedResponse(reply.fault.message);
    const { answer } = reply;
    return answer.method === 'query' || answer.method === 'getQueryColumns'
      ? answer.value
      : failedResponse(`the manager answered '${answer.method}'`);
  };
  return {
    query: (sql, door) => ask({ method: 'query', sql }, door),
    queryColumns: (sql, door) => ask({ method: 'getQueryColumns', sql }, door),
  };
};
