import type { Clock } from '../../platform/clock.ts';
import { type Failure, ok, type Result } from '../../protocol/result.ts';
import type { WhyAnswer } from '../../protocol/why.ts';
import type { Supervisor } from '../supervisor.ts';
import { hasStory, queryFacts } from './query-facts.ts';
import { resolveName } from './resolve-name.ts';

/** Queries of a pack that are told in full: enough to read, and a bound on the answer. */
const toldQueries = 20;

/** Gathers what is known about a name. Reads only; what it means is told by who shows it. */
export const answerWhy = (
  asked: string,
  supervisor: Pick<Supervisor, 'book' | 'judge' | 'denylist' | 'heldBack' | 'packs'>,
  { clock, packDelimiter }: { readonly clock: Clock; readonly packDelimiter: string },
): Result<WhyAnswer, Failure<'unknown_name' | 'ambiguous_name'>> => {
  const { book, judge, denylist, heldBack, packs } = supervisor;
  const now_unix_ms = clock.unixMs();
  const verdicts = judge.verdicts();
  const denials = denylist.entries(now_unix_ms);
  const names = resolveName(asked, {
    scheduled: book.entries().map(({ query }) => query.name),
    others: [...verdicts, ...denials].map(({ queryId }) => queryId).concat('adhoc'),
    packDelimiter,
  });
  if (!names.ok) return names;
  const sources = { book, judge, heldBack, packs, verdicts, denials, now_ms: clock.monotonicMs() };
  const all = names.value.map((name) => queryFacts(name, sources));
  const told = (all.length === 1 ? all : all.filter(hasStory)).slice(0, toldQueries);
  const quiet = all.filter((facts) => !told.includes(facts)).map(({ name }) => name);
  return ok({ now_unix_ms, denial_ms: denylist.durations_ms, queries: told, quiet });
};
