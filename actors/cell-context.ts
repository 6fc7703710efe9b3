import { PendingAsk } from './ask.ts';
import type { Cell } from './cell.ts';
import { cellOf } from './ref.ts';
import type { Context } from './types.ts';

/** What a behaviour sees of its cell. */
export const createContext = <Message, State>(cell: Cell<Message, State>): Context<Message> => ({
  self: cell.ref,
  clock: cell.runtime.clock,
  random: cell.runtime.random,
  spawn: (name, behaviour, options) => cell.spawn(name, behaviour, options),
  stop: (ref) => cellOf(ref)?.signal({ kind: 'stop', from: cell.path }),
  kill: (ref) => cellOf(ref)?.signal({ kind: 'kill' }),
  stopSelf: (reason = 'normal') => cell.leave({ kind: reason }),
  watch: (ref, toMessage) => cell.bonds.watch(ref, toMessage),
  unwatch: (ref) => cell.bonds.unwatch(ref),
  link: (ref) => cell.bonds.link(ref),
  unlink: (ref) => cell.bonds.unlink(ref),
  ask: (ref, toQuestion, deadline_ms, toMessage) => {
    let wanted = true;
    const pending: { cancel(): void; send(question: typeof toQuestion): void } = new PendingAsk(
      cell.runtime,
      ref,
      deadline_ms,
      (answer: Parameters<typeof toMessage>[0]) => {
        cell.removeAsk(pending);
        if (wanted) cell.notice(() => toMessage(answer));
      },
    );
    cell.addAsk(pending);
    pending.send(toQuestion);
    return () => {
      wanted = false;
      pending.cancel();
    };
  },
  startTimer: (key, delay_ms, message) => {
    if (cell.phase === 'running') cell.timers.start(key, delay_ms, () => cell.tellSelf(message));
  },
  cancelTimer: (key) => cell.timers.cancel(key),
  stash: () => cell.stash(),
  unstashAll: () => cell.unstashAll(),
});
