/**
 * An extension as a process of its own, which brings plugins of any registry: it registers, serves its socket, tells
 * every call on standard output before it answers, and answers as its first argument (JSON) says. It is not clever:
 * it knows no `options`, and it ends when it is killed.
 */

import { nodeClock } from '../../platform/node/clock.ts';
import { createExtensionClient } from '../../platform/node/thrift/extension-client.ts';
import { createExtensionServing } from '../../platform/node/thrift/serve-extension.ts';
import type { PluginCall } from '../../protocol/extension/calls.ts';
import type { ExtensionResponse } from '../../protocol/extension/types.ts';
import { configLimits } from '../../protocol/extension/wire-limits.ts';

/** What such an extension does. */
export interface PluginScript {
  readonly socket: string;
  readonly name: string;
  readonly plugins: readonly { readonly registry: string; readonly name: string }[];
  /** Status and first row by the request's `action`; anything else is answered with success and nothing. */
  readonly answers?: Readonly<Record<string, ScriptedAnswer>>;
}

/** An answer of a plugin. */
export interface ScriptedAnswer {
  readonly code?: number;
  readonly message?: string;
  readonly row?: Readonly<Record<string, string>>;
}

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const script = JSON.parse(process.argv[2] ?? '') as PluginScript;

const answerOf = ({ request }: PluginCall): ExtensionResponse => {
  const { code = 0, message = 'OK', row } = script.answers?.[request.get('action') ?? ''] ?? {};
  return {
    status: { code, message, uuid: 0 },
    response: row === undefined ? [] : [new Map(Object.entries(row))],
  };
};

const routes = new Map<string, Map<string, []>>();
for (const { registry, name } of script.plugins) {
  routes.set(registry, (routes.get(registry) ?? new Map<string, []>()).set(name, []));
}
const registered = await createExtensionClient(nodeClock).call(
  script.socket,
  {
    method: 'registerExtension',
    info: { name: script.name, version: '1', sdkVersion: '0.0.0', minSdkVersion: '' },
    routes,
  },
  { deadline_ms: 20_000, limits: configLimits },
);
if (!registered.ok) throw new Error(registered.error.message);
const { code, message, uuid } = registered.value;
if (code !== 0) throw new Error(message);
const server = await createExtensionServing(nodeClock).serve({
  path: `${script.socket}.${uuid}`,
  directory: 'private',
  limits: { ...configLimits, message_bytes: 2 ** 27, string_bytes: 2 ** 27 },
  maxConnections: 8,
  idle_ms: 60_000,
  message_ms: 60_000,
  pace_bytes_per_s: 1e12,
  answer: async (call) => {
    if (call.method !== 'call')
      return { kind: 'answer', answer: { method: 'ping', value: registered.value } };
    const { registry, item, request } = call;
    say({ registry, item, request: Object.fromEntries(request) });
    return { kind: 'answer', answer: { method: 'call', value: answerOf(call) } };
  },
  hungUp: () => undefined,
});
if (!server.ok) throw new Error(server.error.message);
say({ uuid });
