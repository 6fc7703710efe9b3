import type { AnyCell } from './runtime.ts';
import type { ActorRef, TellResult } from './types.ts';

/** A cell as its own ref needs it. */
interface Receiver<Message> extends AnyCell {
  tell(message: Message): TellResult;
}

/** The address of one life of an actor. */
export class LocalRef<Message> implements ActorRef<Message> {
  readonly cell: Receiver<Message>;
  readonly tell: (message: Message) => TellResult;

  constructor(cell: Receiver<Message>) {
    this.cell = cell;
    this.tell = (message) => cell.tell(message);
  }

  get path(): string {
    return this.cell.path;
  }
}

/**
 * The address of a supervised child across its lives, as a registered name is in Erlang: messages go to the
 * present life; between two lives they become dead letters.
 */
export class ChildRef<Message> implements ActorRef<Message> {
  readonly tell: (message: Message) => TellResult = (message) => this.#present.tell(message);
  #present: ActorRef<Message>;

  constructor(first: ActorRef<Message>) {
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

/** The cell behind a ref of this runtime; undefined for refs of another kind (a reply address). */
export const cellOf = (ref: ActorRef<never>): AnyCell | undefined => {
  if (ref instanceof ChildRef) return cellOf(ref.present);
  return ref instanceof LocalRef ? ref.cell : undefined;
};
