import { createActorSystem } from '../../actors/system.ts';
import type {
  ActorRef,
  ActorSystem,
  Behaviour,
  Context,
  ExitSignal,
  Terminated,
} from '../../actors/types.ts';
import type { Clock } from '../../platform/clock.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import { SimulatedClock } from '../../platform/simulated-clock.ts';

/** A system on a clock that only the test moves, and what happened in it, in order. */
export interface Stage {
  readonly clock: SimulatedClock;
  readonly system: ActorSystem;
  readonly events: string[];
  /** Timers that have neither fired nor been cancelled. */
  timers(): number;
  /** Lets everything run that needs no time. */
  settle(): Promise<void>;
}

export const setStage = (): Stage => {
  const clock = new SimulatedClock();
  const pending = new Set<symbol>();
  const system = createActorSystem({ clock: counting(clock, pending), random: seededRandom(1) });
  return { clock, system, events: [], timers: () => pending.size, settle: () => clock.advance(0) };
};

/** The same clock, of which a set knows what is pending. */
const counting = (clock: Clock, pending: Set<symbol>): Clock => ({
  monotonicMs: () => clock.monotonicMs(),
  unixMs: () => clock.unixMs(),
  soon: (fire) => clock.soon(fire),
  after: (delay_ms, fire) => {
    const key = Symbol(delay_ms);
    pending.add(key);
    const timer = clock.after(delay_ms, () => {
      pending.delete(key);
      fire();
    });
    return {
      cancel: () => {
        pending.delete(key);
        timer.cancel();
      },
    };
  },
});

/** What an actor on the stage may be told to do. */
export type Order =
  | 'crash'
  | 'leave'
  | { readonly note: string }
  | { readonly run: (context: Context<Order>) => void }
  | { readonly gone: Terminated }
  | { readonly exit: ExitSignal };

/** An actor that does what it is told and records its life: `+a`, `a:note`, `-a reason`. */
export const player = (
  name: string,
  events: string[],
  more: Partial<Pick<Behaviour<Order, undefined>, 'trapExit' | 'describe'>> & {
    readonly onInit?: (context: Context<Order>) => void;
  } = {},
): Behaviour<Order, undefined> => {
  const { onInit, ...rest } = more;
  return {
    ...rest,
    init: (context) => {
      events.push(`+${name}`);
      onInit?.(context);
      return undefined;
    },
    receive: (state, order, context) => {
      if (order === 'crash') throw new Error(`${name} was told to crash`);
      if (order === 'leave') context.stopSelf();
      else if ('note' in order) events.push(`${name}:${order.note}`);
      else if ('run' in order) order.run(context);
      else if ('gone' in order) events.push(`${name} sees ${order.gone.path} ${order.gone.reason.kind}`);
      else events.push(`${name} hears ${order.exit.from} ${order.exit.reason.kind}`);
      return state;
    },
    stopped: (_state, reason) => void events.push(`-${name} ${reason.kind}`),
  };
};

/** Makes a player trap exits: it records them and stays until it is told to leave. */
export const trapping = { trapExit: (exit: ExitSignal): Order => ({ exit }) } as const;

export const run = (ref: ActorRef<Order>, what: (context: Context<Order>) => void): void => {
  ref.tell({ run: what });
};
