import type { Behaviour, Context } from '../../actors/types.ts';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import type { AskedQuery, Decorators } from '../config/config.ts';
import { rowText } from '../ledger/rows.ts';
import type { PackBoard } from '../packs/pack-board.ts';
import { askFirstRow, type FirstRow, type FirstRowAsker } from '../workforce/first-row.ts';
import type { DecoratorBoard } from './decorator-board.ts';

/** To the actor that runs the decorators. */
export type DecoratorsMessage =
  /** The board has the decorators of another config. */
  | { readonly type: 'config' }
  /** A scheduled query begins. */
  | { readonly type: 'scheduled' }
  | { readonly type: 'minute' }
  /** Discovery says something else of this pack. */
  | { readonly type: 'pack_turned'; readonly key: string }
  | { readonly type: 'answered'; readonly asked: Asked; readonly answer: FirstRow };

/** What the decorators need. */
export interface DecoratorsDeps extends Omit<FirstRowAsker, 'random'> {
  readonly board: DecoratorBoard;
  readonly packs: Pick<PackBoard, 'applies'>;
  /** What stands for NULL. */
  readonly nullvalue: () => string;
  readonly emit: (event: DaemonEvent) => void;
}

/** One query of one source. */
interface Asked {
  readonly decorators: Decorators;
  readonly query: AskedQuery;
}

interface State {
  /** What is to be asked, in order; the first one is under way. */
  queue: readonly Asked[];
  /** What went wrong with a query last: told once, until it works again. */
  readonly problems: Map<AskedQuery, string>;
}

type DecoratorsContext = Context<DecoratorsMessage>;

/** Under this name decorators are judged, each by its SQL. */
const name = 'decorators';
const minute_ms = 60_000;

/**
 * Runs decorators when osquery would: those of `load` with the config, those of `always` for scheduled queries, those of
 * `interval` at full minutes; one after another. Unlike there a query does not wait for them: they run beside it, and its
 * result waits until they are through. What runs already serves all queries that begin meanwhile.
 */
export const decorators = (deps: DecoratorsDeps): Behaviour<DecoratorsMessage, State> => ({
  init: (context) => {
    context.self.tell({ type: 'config' });
    waitForMinute(context);
    return { queue: [], problems: new Map() };
  },
  receive: (state, message, context) => {
    switch (message.type) {
      case 'config':
        // The answer that is under way is of a source that is not there any more.
        state.queue = state.queue.slice(0, 1);
        state.problems.clear();
        enqueue(deps, state, activeOf(deps, onLoad), context);
        break;
      case 'scheduled':
        enqueue(deps, state, activeOf(deps, onStart), context);
        break;
      case 'minute':
        waitForMinute(context);
        enqueue(deps, state, dueNow(deps, context), context);
        break;
      case 'pack_turned':
        packTurned(deps, state, message.key, context);
        break;
      case 'answered':
        answered(deps, state, message, context);
        break;
    }
    return state;
  },
});

const onLoad = ({ load }: Decorators): readonly AskedQuery[] => load;
const onStart = ({ always }: Decorators): readonly AskedQuery[] => always;

/** The queries of one kind of all sources, but for packs that are not for this host at present. */
const activeOf = (
  { board, packs }: DecoratorsDeps,
  kind: (decorators: Decorators) => readonly AskedQuery[],
): readonly Asked[] =>
  board.sources
    .filter(({ pack }) => packs.applies(pack))
    .flatMap((each) => kind(each).map((query) => ({ decorators: each, query })));

const waitForMinute = (context: DecoratorsContext): void =>
  context.startTimer('minute', minute_ms - (context.clock.unixMs() % minute_ms), { type: 'minute' });

/** A timer may be early or late by a little. */
const dueNow = (deps: DecoratorsDeps, { clock }: DecoratorsContext): readonly Asked[] => {
  const minute_s = Math.round(clock.unixMs() / minute_ms) * 60;
  return activeOf(deps, ({ interval }) =>
    interval.filter(({ every_s }) => minute_s % every_s === 0).map(({ query }) => query),
  );
};

/** A pack that is for this host begins like a source that is loaded; of one that is not any more nothing stays. */
const packTurned = (deps: DecoratorsDeps, state: State, key: string, context: DecoratorsContext): void => {
  if (deps.packs.applies(key)) {
    const loaded = activeOf(deps, onLoad).filter(({ decorators: { pack } }) => pack === key);
    return enqueue(deps, state, loaded, context);
  }
  for (const { source, pack } of deps.board.sources) if (pack === key) deps.board.forget(source);
};

/** What waits or runs already is not asked twice. */
const enqueue = (
  deps: DecoratorsDeps,
  state: State,
  asked: readonly Asked[],
  context: DecoratorsContext,
): void => {
  const isIdle = state.queue.length === 0;
  const more = asked.filter(({ query }) => !state.queue.some((other) => other.query === query));
  state.queue = [...state.queue, ...more];
  if (isIdle) askNext(deps, state, context);
};

const askNext = (deps: DecoratorsDeps, { queue }: State, { self, random }: DecoratorsContext): void => {
  const [next] = queue;
  if (next === undefined) return deps.board.settle();
  deps.board.unsettle();
  askFirstRow({ ...deps, random }, name, next.query, (answer) =>
    self.tell({ type: 'answered', asked: next, answer }),
  );
};

const answered = (
  deps: DecoratorsDeps,
  state: State,
  { asked, answer }: Extract<DecoratorsMessage, { type: 'answered' }>,
  context: DecoratorsContext,
): void => {
  state.queue = state.queue.slice(1);
  const { decorators: whose } = asked;
  if (deps.board.sources.includes(whose) && deps.packs.applies(whose.pack)) take(deps, state, asked, answer);
  askNext(deps, state, context);
};

const take = (
  { board, nullvalue, emit }: DecoratorsDeps,
  { problems }: State,
  { decorators: { source }, query }: Asked,
  answer: FirstRow,
): void => {
  const { failure } = answer.outcome;
  if (failure === undefined) {
    problems.delete(query);
    return board.put(source, valuesOf(answer, nullvalue()));
  }
  if (failure.reason === 'stopping' || problems.get(query) === failure.message) return;
  problems.set(query, failure.message);
  const message = `A decorator gives nothing: ${failure.message}: ${query.sql}`;
  emit({ type: 'log', severity: 'warning', message });
};

const valuesOf = ({ columns, row }: FirstRow, nullvalue: string): ReadonlyMap<string, string> =>
  new Map(
    row === undefined
      ? []
      : columns.map(({ name: column }, index) => [column, rowText(row[index] ?? null, nullvalue)]),
  );
