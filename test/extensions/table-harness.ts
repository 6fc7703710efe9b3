/** Tables of a double in real workers: the double as a process of its own, and what a worker is told about it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { type AttachedExtension, writeAttachment } from '../../protocol/extension/attachment.ts';
import { optionMask, typeName } from '../../protocol/extension/column-options.ts';
import { readTableRoute, type TableRoute } from '../../protocol/extension/table-route.ts';
import type { Columns } from '../../protocol/table.ts';
import { WorkerProcess } from '../workers/worker-process.ts';
import { scratch } from './sockets.ts';
import type { Conduct, DoubleSpec } from './table-conduct.ts';

const script = join(import.meta.dirname, 'table-extension.ts');

/** A table of the double: how it is declared, and how it answers. */
export interface DoubleTable {
  readonly columns: Columns;
  readonly aliases?: readonly string[];
  readonly conduct: Conduct;
}

/** A call that the double was made. */
export interface SeenCall {
  readonly table: string;
  readonly request: Readonly<Record<string, string>>;
}

/** A running double. */
export interface TableExtension {
  readonly extension: AttachedExtension;
  /** Calls that were answered so far, but for those that were told already. */
  calls(): Promise<readonly SeenCall[]>;
  /** Resolves with the next call. */
  called(): Promise<SeenCall>;
  /** Resolves when it has no connection open. */
  closed(): Promise<void>;
  kill(): Promise<void>;
}

/** Who the double is. */
interface DoubleIdentity {
  readonly name: string;
  readonly uuid: number;
  /** Called before it is started: it is known, and nobody listens yet. */
  readonly early: (extension: AttachedExtension) => void;
}

/** Starts a double with these tables. */
export const startTables = async (
  t: Test,
  tables: Readonly<Record<string, DoubleTable>>,
  options: Partial<DoubleIdentity & DoubleSpec> = {},
): Promise<TableExtension> => {
  const { name = 'double', uuid = 7, early, ...conduct } = options;
  const path = join(scratch(t), `em.${uuid}`);
  const conducts = Object.entries(tables).map(([table, each]) => [table, each.conduct]);
  const spec: DoubleSpec = { path, tables: Object.fromEntries(conducts), ...conduct };
  const extension = {
    uuid,
    name,
    path,
    socketDueAt_ms: 0,
    tables: Object.entries(tables).map(routeOf),
    away: [],
  };
  early?.(extension);
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(spec));
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  t.teardown(kill);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said = async (): Promise<Readonly<Record<string, unknown>>> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the double has ended');
    return JSON.parse(line.value) as Readonly<Record<string, unknown>>;
  };
  if ((await said()).serving !== true) throw new Error('the double does not serve');
  const called = async (): Promise<SeenCall> => {
    for (;;) {
      const call = seenCall((await said()).called);
      if (call !== undefined) return call;
    }
  };
  const calls = async (): Promise<readonly SeenCall[]> => {
    const seen: SeenCall[] = [];
    // What it answered it has said: the mark comes behind.
    child.kill('SIGUSR2');
    for (;;) {
      const line = await said();
      if (line.marked === true) return seen;
      const call = seenCall(line.called);
      if (call !== undefined) seen.push(call);
    }
  };
  const closed = async (): Promise<void> => {
    while ((await said()).open !== 0);
  };
  return { extension, called, calls, closed, kill };
};

const seenCall = (called: unknown): SeenCall | undefined =>
  Array.isArray(called)
    ? { table: called[0] as string, request: called[1] as Readonly<Record<string, string>> }
    : undefined;

const routeOf = ([name, { columns, aliases = [] }]: readonly [string, DoubleTable]): TableRoute => {
  const info = [
    ...Object.entries(columns).map(([column, declared]) => ({
      id: 'column',
      name: column,
      type: typeName(declared.type),
      op: String(optionMask(declared)),
    })),
    ...Object.entries(columns).flatMap(([target, declared]) =>
      (declared.aliases ?? []).map((alias) => ({ id: 'columnAlias', name: alias, target })),
    ),
    ...aliases.map((alias) => ({ id: 'alias', alias })),
  ];
  const route = readTableRoute(
    name,
    info.map((row) => new Map(Object.entries(row))),
    false,
  );
  if (!route.ok) throw new Error(route.error.message);
  return route.value;
};

/** A real worker that knows these extensions. */
export const workerWith = async (
  t: Test,
  extensions: readonly AttachedExtension[],
  profile: 'net' | 'pure' = 'net',
): Promise<WorkerProcess> => {
  const worker = await WorkerProcess.ready(profile);
  t.teardown(() => void worker.child.kill('SIGKILL'));
  for (const extension of extensions)
    worker.send({ type: 'attach', extension: writeAttachment(extension, 0) });
  return worker;
};

/** What a `generate` was asked: constraints that are there, and the columns that are used. */
export const contextOf = (
  call: SeenCall | undefined,
): {
  readonly constraints: Readonly<Record<string, readonly string[]>>;
  readonly used: readonly string[];
} => {
  const context = JSON.parse(call?.request.context ?? '{}') as {
    readonly constraints: readonly { name: string; list: readonly { op: number; expr: string }[] }[];
    readonly colsUsed: readonly string[];
  };
  const constraints = context.constraints
    .filter(({ list }) => list.length > 0)
    .map(({ name, list }) => [name, list.map(({ op, expr }) => `${op} ${expr}`)]);
  return { constraints: Object.fromEntries(constraints), used: [...context.colsUsed].sort() };
};
