import type { Across, Inside } from './contender.ts';

/** Does something so often; resolves when it is done, and throws when the sum at the end is not right. */
export type Round = (count: number) => Promise<void>;

export interface Question {
  readonly text: string;
  readonly round: Round;
}

/** A default mailbox of ours takes these and the question after them. */
const burst = 8_000;
const crowd = 1_000;
const together = 100;
/** Where a question overtakes messages it is asked again, at most so often. */
const patience = 1_000;

/** Resolves when a counter says that it has received so many; most say so the first time. */
const counted = async (ask: () => Promise<number>, expected: number): Promise<void> => {
  let sum = 0;
  for (let asked = 0; asked < patience; asked += 1) {
    sum = await ask();
    if (sum === expected) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  throw new Error(`${sum} of ${expected} messages were counted`);
};

/** Tells counters in turn, a burst at a time. */
const tellInTurn = <Ref>(contender: Inside<Ref>, refs: readonly Ref[]): Round => {
  let told = refs.map(() => 0);
  return async (count) => {
    const expected = told.map((before) => before);
    for (let sent = 0; sent < count; ) {
      for (const end = Math.min(sent + burst, count); sent < end; sent += 1) {
        const index = sent % refs.length;
        // `refs` has no hole.
        contender.tell(refs[index] as Ref, { type: 'add', n: 1 });
        expected[index] = (expected[index] ?? 0) + 1;
      }
      const last = (sent - 1) % refs.length;
      await counted(() => contender.ask(refs[last] as Ref), expected[last] ?? 0);
    }
    for (const [index, ref] of refs.entries()) await counted(() => contender.ask(ref), expected[index] ?? 0);
    told = expected;
  };
};

const askOneByOne =
  (ask: () => Promise<number>, expected: () => number): Round =>
  async (count) => {
    for (let asked = 0; asked < count; asked += 1)
      if ((await ask()) !== expected()) throw new Error('the answer is wrong');
  };

const askTogether =
  (ask: () => Promise<number>, expected: () => number): Round =>
  async (count) => {
    for (let asked = 0; asked < count; asked += together) {
      const answers = await Promise.all(Array.from({ length: together }, ask));
      if (answers.some((answer) => answer !== expected())) throw new Error('an answer is wrong');
    }
  };

/** What is asked of actors within one process. */
export const insideQuestions = async <Ref>(contender: Inside<Ref>): Promise<readonly Question[]> => {
  const [one, asked] = [await contender.counter('one'), await contender.counter('asked')];
  const many = await Promise.all(
    Array.from({ length: crowd }, (_none, index) => contender.counter(`many-${index}`)),
  );
  const ask = (): Promise<number> => contender.ask(asked);
  contender.tell(asked, { type: 'add', n: 7 });
  await counted(ask, 7);
  return [
    { text: `tell one actor, ${burst} at a time`, round: tellInTurn(contender, [one]) },
    { text: `tell ${crowd} actors in turn`, round: tellInTurn(contender, many) },
    { text: 'two actors to and fro', round: (count) => contender.rally(count) },
    { text: 'ask, one by one', round: askOneByOne(ask, () => 7) },
    { text: `ask, ${together} at a time`, round: askTogether(ask, () => 7) },
    {
      text: 'start, one message, end',
      round: async (count) => {
        if ((await contender.lives(count)) !== count) throw new Error('messages were lost');
      },
    },
  ];
};

/** What is asked of a counter in another process. */
export const acrossQuestions = (contender: Across): readonly Question[] => {
  let told = 0;
  const ask = (): Promise<number> => contender.ask();
  return [
    {
      text: 'tell another process',
      round: async (count) => {
        await contender.stream(count);
        told += count;
        await counted(ask, told);
      },
    },
    { text: 'ask another process, one by one', round: askOneByOne(ask, () => told) },
    { text: `ask another process, ${together} at a time`, round: askTogether(ask, () => told) },
  ];
};
