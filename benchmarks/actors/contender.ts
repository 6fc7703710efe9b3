/** The message that everybody is told, and of this shape. */
export interface Add {
  readonly type: 'add';
  readonly n: number;
}

/** Actors of one library within a process, as the drivers in `questions.ts` use them. */
export interface Inside<Ref> {
  /** Starts an actor that adds up what it is told. */
  counter(name: string): Ref | Promise<Ref>;
  tell(ref: Ref, message: Add): void;
  /** Asks a counter for its sum, with a deadline where the library knows one. */
  ask(ref: Ref): Promise<number>;
  /** Two actors throw one message to and fro so often. */
  rally(throws: number): Promise<void>;
  /** Starts so many actors; each is told one `Add` and has ended when this resolves with the sum of them all. */
  lives(count: number): Promise<number>;
  close(): Promise<void>;
}

/** A counter in another process. */
export interface Across {
  /** Tells it so many `Add`s, as fast as they are taken. */
  stream(count: number): Promise<void>;
  /** Asks it for its sum. */
  ask(): Promise<number>;
  close(): Promise<void>;
}
