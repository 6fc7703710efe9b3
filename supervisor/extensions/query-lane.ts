/** A query of an extension, as the lane sees it. */
export interface LaneQuery<Asked> {
  readonly id: number;
  /** Path of the door that it came by: who asks, as far as that can be told. */
  readonly door: string;
  /** What is asked and who waits for it; nothing to the lane. */
  readonly asked: Asked;
}

/**
 * The reserved lane: queries of extensions run one after another, apart from all others, so that a query which waits for
 * an extension can never wait for itself.
 */
export interface QueryLane<Asked> {
  readonly running: LaneQuery<Asked> | undefined;
  readonly waiting: readonly LaneQuery<Asked>[];
  /** Doors whose extensions the running query reads. */
  readonly reading: ReadonlySet<string>;
}

export const emptyLane: QueryLane<never> = { running: undefined, waiting: [], reading: new Set() };

/** What becomes of a query. */
export type LaneAdmission =
  | { readonly kind: 'start' | 'wait' }
  | { readonly kind: 'refuse'; readonly message: string };

const mostWaiting = 16;

/**
 * Takes a query in. One that comes from an extension while the running query reads that extension's tables is one
 * deeper: it would wait for itself, and is refused. (An extension that happens to ask then for a reason of its own is
 * refused too: nobody can tell the two apart.)
 */
export const enter = <Asked>(
  lane: QueryLane<Asked>,
  query: LaneQuery<Asked>,
): readonly [QueryLane<Asked>, LaneAdmission] => {
  if (lane.running === undefined) return [{ ...lane, running: query }, { kind: 'start' }];
  if (lane.reading.has(query.door)) {
    return [lane, refuse('a query of an extension may not lead to another one of the same extension')];
  }
  if (lane.waiting.length >= mostWaiting) {
    return [lane, refuse(`${mostWaiting} queries of extensions wait already`)];
  }
  return [{ ...lane, waiting: [...lane.waiting, query] }, { kind: 'wait' }];
};

/**
 * Notes that the running query reads tables of these doors. Queries of theirs that wait already are returned: one of
 * them may be what the extension waits for before it answers.
 */
export const read = <Asked>(
  lane: QueryLane<Asked>,
  doors: readonly string[],
): readonly [QueryLane<Asked>, readonly LaneQuery<Asked>[]] => {
  if (lane.running === undefined) return [lane, []];
  const reading = new Set([...lane.reading, ...doors]);
  const refused = lane.waiting.filter(({ door }) => reading.has(door));
  return [{ ...lane, reading, waiting: lane.waiting.filter((query) => !refused.includes(query)) }, refused];
};

/** The running query ended; the next one may start. */
export const leave = <Asked>(
  lane: QueryLane<Asked>,
): readonly [QueryLane<Asked>, LaneQuery<Asked> | undefined] => {
  const [next, ...waiting] = lane.waiting;
  return [{ running: next, waiting, reading: new Set() }, next];
};

const refuse = (message: string): LaneAdmission => ({ kind: 'refuse', message });
