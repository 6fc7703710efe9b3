import { PendingAsk } from '../ask.ts';
import { subjectOf } from '../ref.ts';
import type { Subject, Watcher } from '../runtime.ts';
import type { ActorRef, ExitReason } from '../types.ts';
import type { Address, ControlMessage } from './wire.ts';

interface Known {
  readonly ref: ActorRef<never>;
  readonly subject: Subject;
  readonly watcher: Watcher;
}

const noSuchActor: ExitReason = { kind: 'no_such_actor' };

/**
 * What the other end knows of this one: actors until they end, reply addresses until they are of no more use, and the
 * names for which it asked. Each of the three is bounded.
 */
export class Exports {
  readonly #max: number;
  readonly #announce: (message: ControlMessage) => void;
  readonly #ended: (of: Address, reason: ExitReason) => void;
  readonly #actors = new Map<number, Known>();
  readonly #ids = new Map<Subject, number>();
  readonly #replies = new Map<number, ActorRef<never>>();
  readonly #exposed = new Map<string, ActorRef<never>>();
  readonly #bound = new Map<number, { readonly name: string; watching: Known | undefined }>();
  #lastId = 0;

  constructor(
    max: number,
    announce: (message: ControlMessage) => void,
    ended: (of: Address, reason: ExitReason) => void,
  ) {
    this.#max = max;
    this.#announce = announce;
    this.#ended = ended;
  }

  get size(): number {
    return this.#actors.size + this.#replies.size;
  }

  expose(name: string, ref: ActorRef<never>): void {
    this.#exposed.set(name, ref);
  }

  /** The number of a living actor; undefined when there are too many. */
  introduce(subject: Subject): number | undefined {
    const known = this.#ids.get(subject);
    if (known !== undefined) return known;
    if (this.#actors.size === this.#max) return undefined;
    const id = this.#nextId();
    const watcher: Watcher = {
      place: 0,
      ended: ({ reason }) => {
        this.#actors.delete(id);
        this.#ids.delete(subject);
        this.#ended({ space: 'actor', id }, reason);
      },
    };
    this.#actors.set(id, { ref: subject.ref, subject, watcher });
    this.#ids.set(subject, id);
    subject.bonds.addWatcher(watcher);
    this.#announce({ type: 'introduce', id, path: subject.path });
    return id;
  }

  /** The number of a reply address. When there are too many, the oldest is forgotten: it is the least likely to be used. */
  awaitAnswer(ref: ActorRef<never>): number {
    const id = this.#nextId();
    this.#replies.set(id, ref);
    if (ref instanceof PendingAsk) ref.whenSettled(() => this.#replies.delete(id));
    if (this.#replies.size > this.#max) this.#forgetOldest();
    return id;
  }

  #forgetOldest(): void {
    const [oldest] = this.#replies.keys();
    if (oldest !== undefined) this.#replies.delete(oldest);
  }

  /** False when the other end asks for too many names, or twice under one number. */
  bind(id: number, name: string): boolean {
    if (this.#bound.size === this.#max || this.#bound.has(id)) return false;
    this.#bound.set(id, { name, watching: undefined });
    return true;
  }

  /** Tells the end of who has a name now: at once, if nobody has. False when the number is not known. */
  watchName(id: number): boolean {
    const bound = this.#bound.get(id);
    if (bound === undefined) return false;
    if (bound.watching !== undefined) return true;
    const of: Address = { space: 'name', id };
    const ref = this.#exposed.get(bound.name);
    const subject = ref && subjectOf(ref);
    if (ref === undefined || subject === undefined || subject.phase === 'ended') {
      this.#ended(of, subject?.exit ?? noSuchActor);
      return true;
    }
    const watcher: Watcher = {
      place: 0,
      ended: ({ reason }) => {
        bound.watching = undefined;
        this.#ended(of, reason);
      },
    };
    bound.watching = { ref, subject, watcher };
    subject.bonds.addWatcher(watcher);
    return true;
  }

  /** Who has an address. */
  receiverOf({ space, id }: Address): ActorRef<never> | undefined {
    switch (space) {
      case 'actor':
        return this.#actors.get(id)?.ref;
      case 'name':
        return this.#exposed.get(this.#bound.get(id)?.name ?? '');
      case 'reply':
        return this.#replies.get(id);
    }
  }

  /** A reply address has served with its first answer. */
  answered({ space, id }: Address): void {
    if (space === 'reply') this.#replies.delete(id);
  }

  close(): void {
    for (const { subject, watcher } of this.#actors.values()) subject.bonds.removeWatcher(watcher);
    for (const { watching } of this.#bound.values()) watching?.subject.bonds.removeWatcher(watching.watcher);
    for (const known of [this.#actors, this.#ids, this.#replies, this.#bound]) known.clear();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
