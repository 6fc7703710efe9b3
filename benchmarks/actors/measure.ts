/**
 * Measures one contender in a process of its own, where no other one's types and garbage are in its way, and sends
 * what it found to `run.ts`, which starts it.
 */
import { contenders } from './contenders.ts';
import type { Question, Round } from './questions.ts';

/** What one contender said to one question: so many a second, one number a round. */
export interface Rates {
  readonly question: string;
  readonly perSecond: readonly number[];
}

/** Shorter rounds would measure the timer. */
const shortestRound_ms = 100;
const rounds = 5;
const fewest = 1_000;

const time_ms = async (round: Round, count: number): Promise<number> => {
  const from_ms = performance.now();
  await round(count);
  return performance.now() - from_ms;
};

/** Doubles the count until rounds are long enough, and not by the chance of the first ones; then all is warm. */
const measure = async ({ text, round }: Question): Promise<Rates> => {
  let count = fewest;
  for (let longEnough = 0; longEnough < 3; ) {
    if ((await time_ms(round, count)) >= shortestRound_ms) longEnough += 1;
    else {
      longEnough = 0;
      count *= 2;
    }
  }
  const perSecond: number[] = [];
  for (let n = 0; n < rounds; n += 1) perSecond.push((count / (await time_ms(round, count))) * 1000);
  return { question: text, perSecond };
};

if (import.meta.main) {
  const [where, name = ''] = process.argv.slice(2);
  const contender = await contenders[where === 'across' ? 'across' : 'inside'][name]?.();
  if (contender === undefined) throw new Error(`${where} ${name} is no contender`);
  const rates: Rates[] = [];
  for (const question of contender.questions) rates.push(await measure(question));
  await contender.close();
  process.send?.(rates);
  // Some leave timers behind.
  process.once('disconnect', () => process.exit());
}
