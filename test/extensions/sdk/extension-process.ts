/** Extensions that are written with the SDK, as processes against a real manager. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { ExtensionClient } from '../../../platform/extension-wire.ts';
import { nodeClock } from '../../../platform/node/clock.ts';
import { createExtensionClient } from '../../../platform/node/thrift/extension-client.ts';
import { type ScanRequest, writeContext } from '../../../protocol/extension/generate-context.ts';
import { generateRequest } from '../../../protocol/extension/plugin-calls.ts';
import type { TableRoute } from '../../../protocol/extension/table-route.ts';
import {
  readWriteAnswer,
  type TableWrite,
  type WriteOutcome,
  writeRequest,
} from '../../../protocol/extension/table-writes.ts';
import type {
  ExtensionResponse,
  ExtensionStatus,
  PluginRequest,
  WireRow,
} from '../../../protocol/extension/types.ts';
import type { Registration } from '../../../supervisor/extensions/registry.ts';
import { routeSocket } from '../../../supervisor/extensions/registry.ts';
import { cleanEnv } from '../../system/daemon-harness.ts';
import type { TestManager } from '../manager-harness.ts';
import { callBounds, collect, rowBounds } from '../sockets.ts';

export const client: ExtensionClient = createExtensionClient(nodeClock);

const starter = join(import.meta.dirname, '../../supervisor/extensions/start-checked.ts');

export interface LaunchOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What the test ends it with when it is over. */
  readonly endBy?: NodeJS.Signals;
}

/** A running extension, once it is registered. */
export class ExtensionProcess {
  readonly child: ChildProcess;
  readonly registration: Registration;
  readonly #exit: Promise<unknown[]>;
  readonly #errors: () => string;

  private constructor(
    child: ChildProcess,
    exit: Promise<unknown[]>,
    errors: () => string,
    registration: Registration,
  ) {
    this.child = child;
    this.#exit = exit;
    this.#errors = errors;
    this.registration = registration;
  }

  /** Starts `command` with a manager's socket and waits until it serves. */
  static async start(
    t: Test,
    manager: TestManager,
    command: readonly string[],
    options: LaunchOptions & { readonly interval?: string } = {},
  ): Promise<ExtensionProcess> {
    const before = manager.effects.length;
    const { child, exit, errors } = launch(
      t,
      [...command, '--socket', manager.path, '--timeout', '30', '--interval', options.interval ?? '0.2'],
      options,
    );
    const attached = manager.effects.filter(({ kind }) => kind === 'attached').length + 1;
    const ended = exit.then(() => {
      throw new Error(`the extension ended before it was registered: ${errors()}`);
    });
    await Promise.race([manager.seen('attached', attached), ended]);
    const effect = manager.effects.slice(before).find(({ kind }) => kind === 'attached');
    if (effect === undefined) throw new Error('nothing is registered');
    const extension = new ExtensionProcess(child, exit, errors, effect.registration);
    await Promise.race([extension.#serves(), ended]);
    return extension;
  }

  /** Starts a file as the daemon does: checked, and within its manifest. SIGTERM ends it and who started it. */
  static startChecked(t: Test, manager: TestManager, file: string): Promise<ExtensionProcess> {
    const command = [process.execPath, starter, file];
    return ExtensionProcess.start(t, manager, command, { endBy: 'SIGTERM' });
  }

  get path(): string {
    return routeSocket(this.registration);
  }

  /** Exit code, and what it wrote to its standard error. */
  async ended(): Promise<{ readonly code: unknown; readonly errors: string }> {
    const [code] = await this.#exit;
    return { code, errors: this.#errors() };
  }

  table(name: string): TableRoute {
    const table = this.registration.tables.find((each) => each.name === name);
    if (table === undefined) throw new Error(`no table ${name}`);
    return table;
  }

  async call(registry: string, item: string, request: PluginRequest): Promise<ExtensionResponse> {
    const answer = await client.call(this.path, { method: 'call', registry, item, request }, callBounds);
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  }

  /** Rows of a table, as they are on the wire. */
  async rows(
    name: string,
    scan: ScanRequest = { constraints: new Map() },
    binary: readonly string[] = [],
  ): Promise<{ readonly rows: readonly WireRow[]; readonly status: ExtensionStatus }> {
    const request = generateRequest(writeContext(this.table(name).columns, scan));
    const stream = client.rows(
      this.path,
      { registry: 'table', item: name, request },
      rowBounds(1e6, 1e8, binary),
    );
    const { rows, end } = await collect(stream);
    if (!end.ok) throw new Error(end.error.message);
    return { rows, status: end.value };
  }

  async write(name: string, write: TableWrite): Promise<WriteOutcome> {
    const request = writeRequest(this.table(name), write);
    if (!request.ok) throw new Error(request.error.message);
    const { status, response } = await this.call('table', name, request.value);
    return status.code === 0
      ? readWriteAnswer(write, response)
      : { kind: 'failure', message: status.message };
  }

  /** The registration comes before the socket: asks until it is there. */
  async #serves(): Promise<void> {
    for (;;) {
      const pong = await client.call(this.path, { method: 'ping' }, callBounds);
      if (pong.ok) return;
      await new Promise<void>((resolve) => nodeClock.soon(resolve));
    }
  }
}

/** A started process with its end and its standard error. */
export const launch = (
  t: Test,
  [program = '', ...args]: readonly string[],
  { env = {}, cwd, endBy = 'SIGKILL' }: LaunchOptions,
): { readonly child: ChildProcess; readonly exit: Promise<unknown[]>; readonly errors: () => string } => {
  const child = spawn(program, args, {
    env: { ...cleanEnv(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => {
    errors += String(bytes);
  });
  const exit = once(child, 'close');
  t.teardown(async () => {
    child.kill(endBy);
    await exit;
  });
  return { child, exit, errors: () => errors };
};
