/** Extensions without a host: the real tree, judge and denylist against doubles of processes, sockets and time. */
import { type ActorSystem, createActorSystem } from '../../../../actors/index.ts';
import type { ExtensionClient, Reply } from '../../../../platform/extension-wire.ts';
import type { GuardStore } from '../../../../platform/guard-store.ts';
import { inMemoryGuardStore } from '../../../../platform/in-memory-guard-store.ts';
import type { ProgramExit, ProgramHost } from '../../../../platform/program-host.ts';
import { seededRandom } from '../../../../platform/seeded-random.ts';
import { SimulatedClock } from '../../../../platform/simulated-clock.ts';
import type { DaemonEvent } from '../../../../protocol/daemon-event.ts';
import { usualExtensionBudget } from '../../../../protocol/extension/budget.ts';
import type { SentCall } from '../../../../protocol/extension/calls.ts';
import { failedResponse, succeeded } from '../../../../protocol/extension/types.ts';
import type { FamilySample } from '../../../../protocol/family-sample.ts';
import type { PathFacts } from '../../../../protocol/path-facts.ts';
import { ok } from '../../../../protocol/result.ts';
import { Denylist } from '../../../../supervisor/denylist/denylist.ts';
import { ExtensionRoster } from '../../../../supervisor/extensions/life/extension-roster.ts';
import {
  type ExtensionTree,
  startExtensionTree,
} from '../../../../supervisor/extensions/life/extension-tree.ts';
import {
  type ManagedExtension,
  manageExtensions,
} from '../../../../supervisor/extensions/life/managed-extension.ts';
import type { ManagerMessage } from '../../../../supervisor/extensions/manager.ts';
import { Judge } from '../../../../supervisor/watchdog/judge.ts';
import { PressureGauge } from '../../../../supervisor/watchdog/pressure-gauge.ts';
import { oneRow } from '../../../extensions/manager-harness.ts';

const component = (path: string, kind: PathFacts['kind']): PathFacts => ({
  path,
  kind,
  uid: 0,
  gid: 0,
  mode: 0o755,
  links: 1,
  device: '1',
  inode: path,
  mount: undefined,
});

const column = { id: 'column', name: 'n', type: 'INTEGER', op: '0' };
const elf = new Uint8Array(64);
elf.set([0x7f, 0x45, 0x4c, 0x46]);

/** One process that the double started. */
export interface SimulatedProcess {
  readonly pid: number;
  /** What its family uses from now on. */
  use(change: Partial<FamilySample>): void;
  exit(exit?: Partial<ProgramExit>): void;
  /** The kernel kills it because its cgroup is over its memory. */
  outOfMemory(): void;
}

/** Two extensions, `probe` and `other`, and all that holds them. */
export interface SimulatedExtensions {
  readonly clock: SimulatedClock;
  readonly system: ActorSystem;
  readonly store: GuardStore;
  /** What happened, in order: starts, verdicts, kills and log lines. */
  readonly events: readonly string[];
  readonly denylist: Denylist;
  readonly roster: ExtensionRoster;
  /** In the order in which they were started. */
  readonly processes: readonly SimulatedProcess[];
  readonly tree: ExtensionTree;
  readonly extensions: readonly ManagedExtension[];
  /** Tables that their extension knows no more. */
  readonly forgotten: Set<string>;
  /** What the extension of this number (from 1) would do: registers these tables by its door. */
  register(number: number, tables?: readonly string[]): Promise<void>;
  state(number: number): string | undefined;
}

export const simulateExtensions = (): SimulatedExtensions => {
  const clock = new SimulatedClock();
  const random = seededRandom(1);
  const system = createActorSystem({ clock, random });
  const store = inMemoryGuardStore();
  const events: string[] = [];
  const emit = (event: DaemonEvent): void => {
    if (event.type === 'verdict') events.push(`verdict ${event.verdict.queryId} ${event.verdict.reason}`);
    if (event.type === 'log') events.push(`log ${event.message}`);
  };
  const denylist = new Denylist({ store, durations_ms: [600_000, 3_600_000], emit });
  const calm = {
    cpuSome_percent: 0,
    ioSome_percent: 0,
    loadPerCore: 0,
    memoryAvailable_bytes: 1e9,
    memoryTotal_bytes: 2e9,
    battery_percent: undefined,
  };
  const gauge = new PressureGauge({ read: () => Promise.resolve(calm) }, clock);
  const judge = new Judge({ clock, random, store, denylist, gauge, emit });
  const roster = new ExtensionRoster();
  const processes: SimulatedProcess[] = [];
  const forgotten = new Set<string>();
  const families = new Map<
    number,
    { sample: FamilySample; exited: (exit: ProgramExit) => void; alive: boolean; oomKills: number }
  >();

  const end = (pid: number, exit: Partial<ProgramExit>): void => {
    const family = families.get(pid);
    if (family?.alive !== true) return;
    family.alive = false;
    clock.after(0, () => family.exited({ code: null, signal: null, outputTail: '', ...exit }));
  };
  const programs: ProgramHost = {
    node: '/usr/bin/node',
    list: () => undefined,
    open: (path) => ({
      facts: {
        trail: {
          path,
          components: [component('/', 'directory'), component(path, 'file')],
          end: { reached: true, facts: component(path, 'file'), byLink: false },
        },
        head: elf,
        same: true,
        mayExecute: true,
      },
      text: () => undefined,
      start: async ({ exited }) => {
        const pid = 1_000 + processes.length;
        const sample = { at_ms: 0, cpu_ms: 0, private_bytes: 40 * 2 ** 20, processes: 1, descriptors: 12 };
        const family = { sample, exited, alive: true, oomKills: 0 };
        families.set(pid, family);
        events.push(`started ${path}`);
        processes.push({
          pid,
          use: (change) => {
            family.sample = { ...family.sample, ...change };
          },
          exit: (exit = { code: 1 }) => end(pid, exit),
          outOfMemory: () => {
            family.oomKills += 1;
            end(pid, { signal: 'SIGKILL' });
          },
        });
        return ok({ identity: { pid, startTicks: pid }, outputTail: () => '', signalGroup: () => true });
      },
      close: () => undefined,
    }),
  };
  const extensions = manageExtensions(
    [
      { path: '/probe.ext', nameRule: true },
      { path: '/other.ext', nameRule: true },
    ],
    '/ext',
  );
  const tree = startExtensionTree({
    system,
    clock,
    programs,
    places: { take: () => ok(undefined), handOver: () => ok(undefined), clear: () => undefined },
    serving: { serve: async () => ok({ close: async () => undefined }), clearRoutes: () => [] },
    client: {
      call: async (_: string, call: SentCall) => {
        if (call.method !== 'call') return ok(succeeded());
        return ok(forgotten.has(call.item) ? failedResponse('unknown table') : oneRow(column));
      },
    } as unknown as ExtensionClient,
    openFamily: ({ pid, startTicks }) => ({
      leader: { pid, startTicks },
      sample: async () => ({ ...(families.get(pid)?.sample as FamilySample), at_ms: clock.monotonicMs() }),
      kill: async () => {
        events.push(`killed ${pid}`);
        end(pid, { signal: 'SIGKILL' });
        return { killed: [], survivors: [] };
      },
      oomKills: () => families.get(pid)?.oomKills ?? 0,
      release: async () => undefined,
    }),
    terms: () => ok({ budget: usualExtensionBudget, mayBeDenied: true, runAs: undefined, rule: undefined }),
    uid: 0,
    allowUnsafe: false,
    store: '',
    supervisorPid: 1,
    timeZone: undefined,
    argsFor: () => [],
    judge,
    denylist,
    roster,
    log: (_, message) => events.push(`log ${message}`),
    timeout_ms: 3_000,
    longestBackoff_ms: undefined,
    probes: { interval_ms: 3_000, answer_ms: 300_000 },
    manager: {
      core: { has: () => false },
      defaultIndex: () => true,
      options: () => new Map(),
      query: () => Promise.reject(new Error('nobody asks')),
      queryColumns: () => Promise.reject(new Error('nobody asks')),
      call: () => Promise.reject(new Error('nobody calls')),
    },
    extensions,
    shared: { path: '/shared', kind: 'shared' },
  });
  const register = async (number: number, tables: readonly string[] = []): Promise<void> => {
    const door = extensions[number - 1]?.door;
    const manager = tree.manager();
    if (door === undefined || manager === undefined) throw new Error('no such extension');
    const info = { name: `n${number}`, version: '', sdkVersion: '', minSdkVersion: '' };
    const routes = new Map([['table', new Map(tables.map((name) => [name, oneRow(column).response]))]]);
    const call = { method: 'registerExtension', info, routes } as const;
    void system.ask<ManagerMessage, Reply>(
      manager,
      (replyTo) => ({ type: 'called', door, call, left: new AbortController().signal, replyTo }),
      1_000,
    );
    await clock.advance(1);
  };
  const state = (number: number): string | undefined =>
    roster.entries().find(({ extension }) => extension.number === number)?.state;
  const life = { clock, system, store, events, denylist, roster, processes, tree, extensions };
  return { ...life, forgotten, register, state };
};
