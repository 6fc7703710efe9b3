/** A manager on a real socket, with what happens in it as events that a test can await. */
import { join } from 'node:path';
import type { Test } from 'tap';
import { type AskFailure, createActorSystem } from '../../actors/index.ts';
import type { ExtensionServing, Reply } from '../../platform/extension-wire.ts';
import { nodeClock } from '../../platform/node/clock.ts';
import { nodeRandom } from '../../platform/node/random.ts';
import { createExtensionServing } from '../../platform/node/thrift/serve-extension.ts';
import type { ManagerCall } from '../../protocol/extension/calls.ts';
import type { ExtensionResponse } from '../../protocol/extension/types.ts';
import type { Result } from '../../protocol/result.ts';
import type { Door } from '../../supervisor/extensions/check-registration.ts';
import {
  extensionManager,
  type ManagerDeps,
  type ManagerMessage,
} from '../../supervisor/extensions/manager.ts';
import { type ManagerAccess, type OpenDoor, openDoor } from '../../supervisor/extensions/open-door.ts';
import type { RegistryEffect } from '../../supervisor/extensions/registry.ts';
import { scratch } from './sockets.ts';

/** An answer of one row. */
export const oneRow = (members: Readonly<Record<string, string>>): ExtensionResponse => ({
  status: { code: 0, message: 'OK', uuid: 0 },
  response: [new Map(Object.entries(members))],
});

export interface TestManager extends ManagerAccess {
  readonly path: string;
  readonly effects: readonly RegistryEffect[];
  /** Resolves when as many effects of this kind have come. */
  seen(kind: RegistryEffect['kind'], count: number): Promise<void>;
  /** Resolves when calls of this method have come so often. */
  heard(method: ManagerCall['method'], count: number): Promise<void>;
  /** Calls past the sockets: what is told in order is received in order. */
  ask(door: Door, call: ManagerCall): Promise<Result<Reply, AskFailure>>;
  /** Opens one more door. */
  open(door: Door): Promise<OpenDoor>;
  readonly door: OpenDoor;
}

/** Starts a manager with a door; built in are table `processes` and config plugin `filesystem`. */
export const startManager = async (
  t: Test,
  deps: Partial<ManagerDeps> = {},
  kind: Door['kind'] = 'managed',
): Promise<TestManager> => {
  const system = createActorSystem({ clock: nodeClock, random: nodeRandom });
  const effects: RegistryEffect[] = [];
  const calls: ManagerCall['method'][] = [];
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const look of waiting.splice(0)) look();
  };
  const manager = system.spawn(
    'extensions',
    extensionManager({
      core: {
        has: (registry, name) => ['table/processes', 'config/filesystem'].includes(`${registry}/${name}`),
      },
      defaultIndex: () => true,
      options: () => new Map([['verbose', { value: 'false', defaultValue: 'false', type: 'bool' }]]),
      query: async ({ sql }) => oneRow({ sql }),
      queryColumns: async () => oneRow({ sql: 'TEXT' }),
      call: async ({ registry, item }) => oneRow({ registry, item }),
      changed: (effect) => {
        effects.push(effect);
        wake();
      },
      ...deps,
    }),
  );
  t.teardown(() => system.stop());
  const inner = createExtensionServing(nodeClock);
  const serving: ExtensionServing = {
    ...inner,
    serve: (options) =>
      inner.serve({
        ...options,
        answer: (call, left) => {
          calls.push(call.method);
          wake();
          return options.answer(call, left);
        },
      }),
  };
  const open = async (door: Door): Promise<OpenDoor> => {
    const opened = await openDoor({ system, manager, serving, hungUp: () => {} }, door);
    if (!opened.ok) throw new Error(opened.error.message);
    t.teardown(() => opened.value.close());
    return opened.value;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        waiting = [...waiting, resolve];
      });
    }
  };
  const seen = (kind: RegistryEffect['kind'], count: number): Promise<void> =>
    until(() => effects.filter((effect) => effect.kind === kind).length >= count);
  const heard = (method: ManagerCall['method'], count: number): Promise<void> =>
    until(() => calls.filter((call) => call === method).length >= count);
  const ask = (from: Door, call: ManagerCall): Promise<Result<Reply, AskFailure>> =>
    system.ask<ManagerMessage, Reply>(
      manager,
      (replyTo) => ({ type: 'called', door: from, call, left: new AbortController().signal, replyTo }),
      20_000,
    );
  const path = join(scratch(t), 'em');
  const door = await open({ path, kind });
  return { path, system, manager, effects, seen, heard, ask, open, door };
};
