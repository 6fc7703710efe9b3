/** Extensions that bring plugins, as processes, and a board of what a manager has registered. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Registration } from '../../supervisor/extensions/registry.ts';
import { cleanEnv } from '../system/daemon-harness.ts';
import type { TestManager } from './manager-harness.ts';
import type { PluginScript } from './plugin-extension.ts';
import { Lines } from './process-lines.ts';

/** A call that the extension was asked. */
export interface SeenCall {
  readonly registry: string;
  readonly item: string;
  readonly request: Readonly<Record<string, string>>;
}

/** A running extension. */
export interface PluginExtension {
  readonly uuid: number;
  /** The next call; undefined when the process has ended. */
  seen(): Promise<SeenCall | undefined>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
}

/** Starts an extension; resolves when it serves its socket. */
export const startPlugins = async (t: Test, script: PluginScript): Promise<PluginExtension> => {
  const program = join(import.meta.dirname, 'plugin-extension.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(script)], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = new Lines(child);
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  t.teardown(kill);
  const first = await lines.next();
  if (typeof first?.uuid !== 'number') throw new Error('the extension did not start');
  return {
    uuid: first.uuid,
    seen: async () => (await lines.next()) as SeenCall | undefined,
    kill,
  };
};

/** What a manager has registered at this moment, told by its effects. */
export const boardOf = ({
  effects,
}: Pick<TestManager, 'effects'>): { readonly attached: ReadonlyMap<number, Registration> } => ({
  get attached() {
    const attached = new Map<number, Registration>();
    for (const { kind, registration } of effects) {
      if (kind === 'detached') attached.delete(registration.uuid);
      else attached.set(registration.uuid, registration);
    }
    return attached;
  },
});
