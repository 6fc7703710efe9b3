import type { Subject } from './runtime.ts';
import type { ActorRef, TellResult } from './types.ts';

/** What every ref of this runtime is. Only such a one may be part of a message to another process. */
export abstract class Ref implements ActorRef<never> {
  abstract readonly path: string;
  abstract readonly tell: (message: never) => TellResult;

  /** In a log, and in the text of a message, a ref is its path. */
  toJSON(): string {
    return this.path;
  }
}

/** Whom a ref points to: a cell here, or what stands here for an actor of another process. */
interface Receiver<Message> extends Subject {
  tell(message: Message): TellResult;
}

/** The address of one life of an actor. */
export class LifeRef<Message> extends Ref implements ActorRef<Message> {
  readonly subject: Receiver<Message>;
  readonly tell: (message: Message) => TellResult;

  constructor(subject: Receiver<Message>) {
    super();
    this.subject = subject;
    this.tell = (message) => subject.tell(message);
  }

  get path(): string {
    return this.subject.path;
  }
}

/**
 * The address of a supervised child across its lives, as a registered name is in Erlang: messages go to the
 * present life; between two lives they become dead letters.
 */
export class ChildRef<Message> extends Ref implements ActorRef<Message> {
  readonly tell: (message: Message) => TellResult = (message) => this.#present.tell(message);
  #present: ActorRef<Message>;

  constructor(first: ActorRef<Message>) {
    super();
    this.#present = first;
  }

  get path(): string {
    return this.#present.path;
  }

  get present(): ActorRef<Message> {
    return this.#present;
  }

  becomes(next: ActorRef<Message>): void {
    this.#present = next;
  }
}

/** Whom a ref points to now; undefined for a ref behind which there is nobody to watch (a reply address). */
export const subjectOf = (ref: ActorRef<never>): Subject | undefined => {
  if (ref instanceof ChildRef) return subjectOf(ref.present);
  return ref instanceof LifeRef ? ref.subject : undefined;
};
