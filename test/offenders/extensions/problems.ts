import { isGone, livingMarked } from '../../extensions/marked-processes.ts';
import { bystander, innocentQueries } from './bystanders.ts';
import { type ExtensionOffender, readerOf } from './extension-offender.ts';
import type { Look } from './look.ts';

/** What differs from what an extension deserves, by a look and by what the log said of its end. */
export const problemsOfKind = (
  offender: ExtensionOffender,
  look: Look,
  line: string | undefined,
): readonly string[] => {
  const { name, expected } = offender;
  const row = look.extensions.find((each) => each.name === name);
  const verdicts = verdictsOf(look, 'extension', name);
  const wrong = verdicts.filter(({ reason }) => !expected.reasons.some((right) => right === reason));
  const isJudged = verdicts.length > 0 || look.denied.has(name);
  const state = row?.state ?? 'unknown';
  const { states, livesOn } = expected;
  const left = leftBehind(verdicts, line);
  return [
    ...(states?.some((right) => right === state) === false ? [`it is ${state}`] : []),
    ...(livesOn && (state !== 'serving' || row?.restarts !== '0') ? ['it did not live on'] : []),
    ...wrong.map(({ reason }) => `it was judged for ${reason}`),
    ...(isJudged !== expected.reasons.length > 0 ? [isJudged ? 'it was judged' : 'nobody judged it'] : []),
    ...(left.length > 0 ? [`left of it: ${left.length} processes, such as ${left[0]}`] : []),
    ...problemsOfReader(offender, look),
  ];
};

/**
 * What is wrong with how often the innocents ran between two looks at the schedule: each start of every second has to
 * be there, but for the one that may be under way at either end.
 */
export const problemsOfIntervals = (from: Look, to: Look): readonly string[] =>
  Object.keys(innocentQueries).flatMap((name) => {
    const [first, last] = [from, to].map(({ schedule }) => schedule.find((row) => row.name === name));
    const skipped = Number(last?.skipped) - Number(first?.skipped);
    const ran = Number(last?.executions) - Number(first?.executions);
    const due = Math.floor((to.at_ms - from.at_ms) / 1_000) - 1;
    return skipped === 0 && ran >= due ? [] : [`${name}: ${skipped} skipped, ${ran} of ${due} runs`];
  });

/** What is wrong with those who did nothing. */
export const problemsOfBystanders = (look: Look): readonly string[] => {
  const row = look.extensions.find(({ name }) => name === bystander.name);
  const extension = `${row?.state}, ${row?.restarts} restarts`;
  return [
    ...(extension === 'serving, 0 restarts' ? [] : [`extension ${bystander.name}: ${extension}`]),
    ...Object.keys(innocentQueries).flatMap((name) => problemsOfInnocent(look, name)),
  ];
};

const problemsOfInnocent = (look: Look, name: string): readonly string[] => {
  const row = look.schedule.find((each) => each.name === name);
  const failure = row?.last_failure ?? 'it is not scheduled';
  return [
    ...(verdictsOf(look, 'query', name).length > 0 || look.denied.has(name) ? [`${name} was judged`] : []),
    ...(failure === '' ? [] : [`${name} failed: ${failure}`]),
    ...(Number(row?.executions ?? 0) > 0 ? [] : [`${name} never ran`]),
  ];
};

const problemsOfReader = (offender: ExtensionOffender, look: Look): readonly string[] => {
  const reader = readerOf(offender);
  const hasStrike = verdictsOf(look, 'query', reader).some(({ strike }) => strike === '1');
  return hasStrike || look.denied.has(reader) ? ['its query was blamed'] : [];
};

const verdictsOf = ({ verdicts }: Look, subject: 'extension' | 'query', name: string): Look['verdicts'] =>
  verdicts.filter((verdict) => verdict.subject === subject && verdict.query_name === name);

/** Living processes of the lives that a verdict ended, and the one that the log names. */
const leftBehind = (verdicts: Look['verdicts'], line = ''): readonly number[] => {
  const named = Number(/left (\d+) behind/.exec(line)?.[1] ?? Number.NaN);
  return [
    ...verdicts.flatMap(({ lease_id }) => livingMarked(`LEASH_EXTENSION=${lease_id}`)),
    ...(Number.isNaN(named) || isGone(named) ? [] : [named]),
  ];
};
