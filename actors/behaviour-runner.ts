import type { Behaviour, Context, ExitReason, ExitSignal } from './types.ts';

/** Stands for the state of an actor whose `init` has not returned. */
const unborn = Symbol('unborn');

/**
 * A behaviour and its present state. The only place that calls what users wrote: whatever they throw is handed back
 * as an error and gets no further.
 */
export class BehaviourRunner<Message, State> {
  readonly #behaviour: Behaviour<Message, State>;
  readonly #context: Context<Message>;
  #state: State | typeof unborn = unborn;
  #current: Message | undefined;
  #receiving = false;
  #received = 0;

  constructor(behaviour: Behaviour<Message, State>, context: Context<Message>) {
    this.#behaviour = behaviour;
    this.#context = context;
  }

  get received(): number {
    return this.#received;
  }

  get trapsExits(): boolean {
    return this.#behaviour.trapExit !== undefined;
  }

  begin(): Error | undefined {
    try {
      this.#state = this.#behaviour.init(this.#context);
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  receive(message: Message): Error | undefined {
    if (this.#state === unborn) return undefined;
    this.#received += 1;
    this.#current = message;
    this.#receiving = true;
    try {
      this.#state = this.#behaviour.receive(this.#state, message, this.#context);
      return undefined;
    } catch (error) {
      return asError(error);
    } finally {
      this.#receiving = false;
      this.#current = undefined;
    }
  }

  /** Words a message and receives it. */
  receiveWorded(toMessage: () => Message): Error | undefined {
    let message: Message;
    try {
      message = toMessage();
    } catch (error) {
      return asError(error);
    }
    return this.receive(message);
  }

  /** Receives an exit signal as a message. Only for behaviours that trap exits. */
  trap(signal: ExitSignal): Error | undefined {
    const trapExit = this.#behaviour.trapExit?.bind(this.#behaviour);
    return trapExit === undefined ? undefined : this.receiveWorded(() => trapExit(signal));
  }

  /** Lets the behaviour release what it holds, if it ever began. */
  release(reason: ExitReason): Error | undefined {
    if (this.#state === unborn) return undefined;
    try {
      this.#behaviour.stopped?.(this.#state, reason);
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  describe(): string {
    if (this.#state === unborn) return '';
    try {
      return this.#behaviour.describe?.(this.#state) ?? '';
    } catch (error) {
      return `cannot be described: ${asError(error).message}`;
    }
  }

  /** The message that is being received; throws when there is none. */
  current(): Message {
    if (!this.#receiving) throw new Error('no message is being received that could be stashed');
    // While one is being received, it is here; and a message may be undefined.
    return this.#current as Message;
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
