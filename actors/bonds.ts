import { Crowd } from './crowd.ts';
import { subjectOf } from './ref.ts';
import type { AnyBonds, Subject, Watcher } from './runtime.ts';
import type { ActorRef, ExitReason, Terminated } from './types.ts';

/** The cell whose bonds these are. */
interface Owner<Message> extends Subject {
  notice(toMessage: () => Message): void;
}

/** Who watches an actor, whom it watches, and to whom it is linked. */
export class Bonds<Message> implements AnyBonds {
  readonly #owner: Owner<Message>;
  readonly #watchers = new Crowd<Watcher>();
  readonly #watching = new Map<Subject, Watcher>();
  readonly #links = new Set<Subject>();

  constructor(owner: Owner<Message>) {
    this.#owner = owner;
  }

  addWatcher(watcher: Watcher): void {
    this.#watchers.join(watcher);
  }

  removeWatcher(watcher: Watcher): void {
    this.#watchers.leave(watcher);
  }

  addLink(other: Subject): void {
    this.#links.add(other);
  }

  removeLink(other: Subject): void {
    this.#links.delete(other);
  }

  /** A second watch of the same actor replaces the first. */
  watch(ref: ActorRef<never>, toMessage: (terminated: Terminated) => Message): void {
    const target = subjectOf(ref);
    const told = (terminated: Terminated): void => this.#owner.notice(() => toMessage(terminated));
    if (target === undefined || target.phase === 'ended') {
      told({ path: ref.path, reason: target?.exit ?? { kind: 'no_such_actor' } });
      return;
    }
    this.unwatch(ref);
    const watcher: Watcher = {
      place: 0,
      ended: (terminated) => {
        this.#watching.delete(target);
        told(terminated);
      },
    };
    this.#watching.set(target, watcher);
    target.bonds.addWatcher(watcher);
  }

  unwatch(ref: ActorRef<never>): void {
    const target = subjectOf(ref);
    const watcher = target && this.#watching.get(target);
    if (target === undefined || watcher === undefined) return;
    target.bonds.removeWatcher(watcher);
    this.#watching.delete(target);
  }

  link(ref: ActorRef<never>): void {
    const target = subjectOf(ref);
    if (target === this.#owner) return;
    if (target === undefined || target.phase === 'ended') {
      const reason = target?.exit ?? { kind: 'no_such_actor' };
      this.#owner.signal({ kind: 'exit', from: ref.path, reason });
      return;
    }
    this.#links.add(target);
    target.bonds.addLink(this.#owner);
  }

  unlink(ref: ActorRef<never>): void {
    const target = subjectOf(ref);
    if (target === undefined) return;
    this.#links.delete(target);
    target.bonds.removeLink(this.#owner);
  }

  /** An actor that is ending hears of nobody's end any more. */
  unwatchAll(): void {
    for (const [target, watcher] of this.#watching) target.bonds.removeWatcher(watcher);
    this.#watching.clear();
  }

  /** Tells everybody who is concerned that the owner has ended. */
  ended(reason: ExitReason): void {
    const { path } = this.#owner;
    for (const watcher of this.#watchers.disperse()) watcher.ended({ path, reason });
    for (const other of this.#links) {
      other.bonds.removeLink(this.#owner);
      other.signal({ kind: 'exit', from: path, reason });
    }
    this.#links.clear();
  }
}
