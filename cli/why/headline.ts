import type { Denial } from '../../protocol/denial.ts';
import type { QueryFacts } from '../../protocol/why.ts';
import type { WhyContext } from './block.ts';
import { counted, future } from './words.ts';

/** Records that hold for the query as it is now: the same SQL under the same limits. */
export const inForce = ({ schedule, denials }: QueryFacts): readonly Denial[] =>
  denials.filter(({ sqlHash }) => schedule === null || sqlHash === schedule.sqlHash);

/** How it stands with a query, in one sentence. */
export const headline = (facts: QueryFacts, { now_unix_ms }: WhyContext): string => {
  const { name, schedule, heldBack } = facts;
  const records = inForce(facts);
  const denied = records.filter(({ state }) => state === 'denied');
  const [first] = denied;
  if (denied.length > 1) {
    return `${counted(denied.length, 'statement', 'statements')} of '${name}' are denied; all others may run.`;
  }
  if (first !== undefined) {
    const others = name === 'adhoc' ? "One statement of 'adhoc'" : `'${name}'`;
    return `${others} is denied: it may run again at ${future(first.until_unix_ms, now_unix_ms)}.`;
  }
  if (records.some(({ state }) => state === 'probation')) {
    const next = facts.verdicts[0]?.subject === 'extension' ? 'life' : 'run';
    return `'${name}' is on probation: its denial is over, and its next ${next} decides.`;
  }
  if (heldBack !== null) {
    return `'${name}' is held back: it may run again at ${future(heldBack.until_unix_ms, now_unix_ms)}.`;
  }
  if (schedule?.packHold?.kind === 'unanswered') {
    return `'${name}' waits: discovery of its pack '${schedule.packHold.pack}' has not answered yet.`;
  }
  if (schedule?.packHold) {
    return `'${name}' does not run: its pack '${schedule.packHold.pack}' is not for this host at present.`;
  }
  if (schedule?.running === true) return `'${name}' runs at this moment, or waits for a worker.`;
  if (facts.verdicts[0]?.subject === 'extension') {
    return `Extension '${name}' may be started: nothing holds it back.`;
  }
  if (schedule === null && name !== 'adhoc') {
    return `'${name}' is not in the schedule; this is what is remembered of it.`;
  }
  return `'${name}' may run: nothing holds it back.`;
};
