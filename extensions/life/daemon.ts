import type { CallBounds, CallFailure } from '../../platform/extension-wire.ts';
import type { Answers, ManagerCall } from '../../protocol/extension/calls.ts';
import type { ExtensionOption, PluginRequest } from '../../protocol/extension/types.ts';
import { controlLimits, type WireLimits } from '../../protocol/extension/wire-limits.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';

/** Calls the manager, over whatever connection there is. */
export type CallManager = <C extends ManagerCall>(
  call: C,
  bounds: CallBounds,
) => Promise<Result<Answers[C['method']], CallFailure>>;

/** Answers that are rows: what a query gives may be large. */
const rowsLimits: WireLimits = {
  ...controlLimits,
  message_bytes: 64 * 1024 * 1024,
  string_bytes: 16 * 1024 * 1024,
  items: 1_000_000,
  values: 20_000_000,
};
/** osquery's `thrift_timeout`. */
export const answer_ms = 300_000;

/** `refused`: the daemon answered that it failed. */
export type DaemonFailure = CallFailure | Failure<'refused'>;

/** The daemon that an extension is registered with. Nothing here throws. */
export interface Daemon {
  /** The extension's own number; its socket is the manager's path and this. */
  readonly uuid: number;
  /** The daemon's flags by name, as they were at the registration. */
  readonly options: ReadonlyMap<string, ExtensionOption>;
  /** Rows of a query; values are text. Not to be called from a table: a query in a query is refused. */
  query(sql: string): Promise<Result<readonly Readonly<Record<string, string>>[], DaemonFailure>>;
  /** Gives the daemon a new config, or a part of it under the name of a source. */
  updateConfig(source: string, json: string): Promise<Result<void, DaemonFailure>>;
}

/** The daemon behind these calls. */
export const daemonOf = (
  uuid: number,
  options: ReadonlyMap<string, ExtensionOption>,
  call: CallManager,
): Daemon => ({
  uuid,
  options,
  query: async (sql) => {
    const answer = await call({ method: 'query', sql }, { deadline_ms: answer_ms, limits: rowsLimits });
    if (!answer.ok) return answer;
    const { status, response } = answer.value;
    if (status.code !== 0) return refused(status.message);
    return ok(response.map((row) => Object.fromEntries(row)));
  },
  updateConfig: async (source, data) => {
    const request: PluginRequest = new Map([
      ['action', 'update'],
      ['source', source],
      ['data', data],
    ]);
    const answer = await call(
      { method: 'call', registry: 'config', item: 'update', request },
      { deadline_ms: answer_ms, limits: controlLimits },
    );
    if (!answer.ok) return answer;
    const { status } = answer.value;
    return status.code === 0 ? ok(undefined) : refused(status.message);
  },
});

const refused = (message: string): { readonly ok: false; readonly error: DaemonFailure } =>
  fail({ reason: 'refused', message });
