import { isDeepStrictEqual } from 'node:util';
import type { Behaviour, Context } from '../../actors/types.ts';
import { askAgainBackoff_ms } from '../../policies/restart-backoff.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { QueryFailure, QueryFailureReason } from '../../protocol/run.ts';
import type { AskedQuery, ConfigPack } from '../config/config.ts';
import { askFirstRow, type FirstRow, type FirstRowAsker } from '../workforce/first-row.ts';
import { type Discovered, isAsked, type PackBoard, type PackEntry } from './pack-board.ts';

/** To the actor that finds out which packs are for this host. */
export type DiscoveryMessage =
  /** The board has the packs of another config. */
  | { readonly type: 'config' }
  | { readonly type: 'due'; readonly key: string }
  | {
      readonly type: 'answered';
      readonly pack: ConfigPack;
      readonly query: AskedQuery;
      /** Its discovery queries that are still to be asked. */
      readonly more: readonly AskedQuery[];
      readonly answer: FirstRow;
    };

/** What discovery needs. */
export interface DiscoveryDeps extends Omit<FirstRowAsker, 'random'> {
  readonly board: PackBoard;
  /** `pack_refresh_interval`, as it is now: seconds for which an answer holds. */
  readonly refresh_s: () => number;
  /** What a pack says of this host has changed. */
  readonly turned: (key: string) => void;
  readonly emit: (event: DaemonEvent) => void;
}

interface State {
  /** Packs that are being asked, by key: one that is asked is not asked again. */
  readonly asking: Map<string, ConfigPack>;
  /** How often in a row nothing was learnt of a pack, by key. */
  readonly failures: Map<string, number>;
}

/** These say nothing of the host: what was known before goes on, and the pack is asked again soon. */
const notItsFault: readonly QueryFailureReason[] = [
  'worker_died',
  'held_back',
  'cancelled',
  'overloaded',
  'store_failed',
];

/**
 * Asks the discovery queries of each pack, one after another, until one says no; and again when the answer is too old.
 * Until the first answer the queries of a pack wait.
 */
export const discovery = (deps: DiscoveryDeps): Behaviour<DiscoveryMessage, State> => ({
  init: (context) => {
    context.self.tell({ type: 'config' });
    return { asking: new Map(), failures: new Map() };
  },
  receive: (state, message, context) => {
    switch (message.type) {
      case 'config':
        for (const entry of deps.board.entries()) look(deps, state, entry, context);
        break;
      case 'due': {
        const entry = deps.board.get(message.key);
        if (entry !== undefined) begin(deps, state, entry.pack, context);
        break;
      }
      case 'answered':
        // Of a pack that left the config, or came back another one, nobody wants to know.
        if (state.asking.get(message.pack.key) === message.pack) answered(deps, state, message, context);
        break;
    }
    return state;
  },
});

type DiscoveryContext = Context<DiscoveryMessage>;

/** What is known goes on until it is too old, by what the config says of that now. */
const look = (
  deps: DiscoveryDeps,
  state: State,
  { pack, discovered, discovered_unix_ms }: PackEntry,
  context: DiscoveryContext,
): void => {
  if (discovered === undefined) return begin(deps, state, pack, context);
  const age_ms = Math.max(0, context.clock.unixMs() - discovered_unix_ms);
  askAfter(context, pack, Math.max(0, refresh_ms(deps) - age_ms));
};

/** A second at least: it would be asked in a loop. */
const refresh_ms = ({ refresh_s }: DiscoveryDeps): number => Math.max(1, refresh_s()) * 1_000;

const begin = (deps: DiscoveryDeps, { asking }: State, pack: ConfigPack, context: DiscoveryContext): void => {
  if (!isAsked(pack) || asking.get(pack.key) === pack) return;
  asking.set(pack.key, pack);
  ask(deps, pack, pack.discovery, context);
};

const ask = (
  deps: DiscoveryDeps,
  pack: ConfigPack,
  [query, ...more]: readonly AskedQuery[],
  { self, random }: DiscoveryContext,
): void => {
  if (query === undefined) return;
  askFirstRow({ ...deps, random }, `discovery:${pack.name}`, query, (answer) =>
    self.tell({ type: 'answered', pack, query, more, answer }),
  );
};

const answered = (
  deps: DiscoveryDeps,
  state: State,
  { pack, query: { sql }, more, answer: { row, outcome } }: Extract<DiscoveryMessage, { type: 'answered' }>,
  context: DiscoveryContext,
): void => {
  const { failure } = outcome;
  if (failure?.reason === 'stopping') return;
  if (row !== undefined && more.length > 0) return ask(deps, pack, more, context);
  state.asking.delete(pack.key);
  if (failure !== undefined && notItsFault.includes(failure.reason))
    return nothingLearnt(deps, state, pack, failure, context);
  state.failures.delete(pack.key);
  askAfter(context, pack, refresh_ms(deps));
  const discovered: Discovered =
    failure !== undefined
      ? { kind: 'failed', sql, message: failure.message }
      : row === undefined
        ? { kind: 'nothing', sql }
        : { kind: 'found' };
  note(deps, pack, discovered, context);
};

const askAfter = (context: DiscoveryContext, { key }: ConfigPack, after_ms: number): void =>
  context.startTimer(`due:${key}`, after_ms, { type: 'due', key });

const nothingLearnt = (
  { emit }: DiscoveryDeps,
  { failures }: State,
  pack: ConfigPack,
  { reason, message: why }: QueryFailure,
  context: DiscoveryContext,
): void => {
  const before = failures.get(pack.key) ?? 0;
  // One that is held back waits already, longer with each death: here it only asks whether that is over.
  const times = reason === 'held_back' ? 1 : before + 1;
  failures.set(pack.key, Math.max(before, times));
  askAfter(context, pack, askAgainBackoff_ms(times, context.random.fraction()));
  if (before > 0) return;
  const message = `Discovery of pack '${pack.name}' could not be asked, and is asked again: ${why}`;
  emit({ type: 'log', severity: 'warning', message });
};

const note = (
  { board, emit, turned }: DiscoveryDeps,
  pack: ConfigPack,
  discovered: Discovered,
  { clock }: DiscoveryContext,
): void => {
  const former = board.get(pack.key);
  board.update(pack.key, {
    discovered,
    discovered_unix_ms: clock.unixMs(),
    executions: (former?.executions ?? 0) + 1,
  });
  if (isDeepStrictEqual(former?.discovered, discovered)) return;
  const severity = discovered.kind === 'failed' ? 'warning' : 'info';
  emit({ type: 'log', severity, message: `Pack '${pack.name}' ${words(discovered)}` });
  turned(pack.key);
};

const words = (discovered: Discovered): string => {
  switch (discovered.kind) {
    case 'found':
      return 'is for this host: each of its discovery queries has a row.';
    case 'nothing':
      return `is not for this host at present: its discovery query has no row: ${discovered.sql}`;
    case 'failed':
      return `does not run: its discovery query failed: ${discovered.message}: ${discovered.sql}`;
  }
};
