import { denialLength_ms } from '../../policies/denylist.ts';
import type { Denial } from '../../protocol/denial.ts';
import { extensionScope } from '../../protocol/extension/life.ts';
import type { QueryFacts } from '../../protocol/why.ts';
import type { Block, WhyContext } from './block.ts';
import { inForce } from './headline.ts';
import { counted, excerpt, future, past, span } from './words.ts';

/** What the denylist has about a query: since when, until when, why, and what happens then. */
export const denialFacts = (facts: QueryFacts, context: WhyContext): readonly Block[] => {
  const records = inForce(facts);
  const blocks = records.map((record): Block => {
    const whose = facts.name === 'adhoc' ? `${excerpt(record.sql)}: ` : '';
    return { kind: 'fact', about: 'Denylist', text: `${whose}${recordWords(record, context)}` };
  });
  const former = facts.denials.length - records.length;
  if (former > 0) {
    const text = `${counted(former, 'record is', 'records are')} of other SQL or other limits under this name and no longer ${former === 1 ? 'holds' : 'hold'}.`;
    blocks.push({ kind: 'fact', about: 'Denylist', text });
  }
  return blocks;
};

const recordWords = (record: Denial, { now_unix_ms, denial_ms }: WhyContext): string => {
  const next = `the next denial lasts ${span(denialLength_ms(record.strikes + 1, denial_ms))}`;
  const isExtension = record.scope.startsWith(extensionScope(''));
  const [run, alone] = isExtension ? ['start', ''] : ['run', ', alone, in a fresh worker'];
  const passes = isExtension ? 'stays within them' : 'comes to its end';
  const probation = `Then it gets one probation ${run}${alone}, under the same limits: if that ${passes}, the denial is lifted; if it is stopped for what it costs, ${next}.`;
  const since = past(record.since_unix_ms, now_unix_ms);
  switch (record.state) {
    case 'denied':
      return `Denied since ${since} ${causeWords(record)}, until ${future(record.until_unix_ms, now_unix_ms)}. ${probation}`;
    case 'probation':
      return `Its denial of ${since} ${causeWords(record)} ended ${past(record.until_unix_ms, now_unix_ms)}. Its next ${run} is a probation ${run}${isExtension ? '' : ', alone and in a fresh worker'}: if that ${passes}, the denial is lifted; if it is stopped for what it costs, ${next}.`;
    case 'watched':
      return `It passed its probation ${run} at ${since}. ${counted(record.strikes, 'strike is', 'strikes are')} left of it, one less after each clean day; with another one before that, ${next}.`;
  }
};

const causeWords = ({ reason, strikes, limit, measured }: Denial): string =>
  reason === 'operator'
    ? 'by a person (no strike)'
    : `with strike ${strikes} (${reason}: ${Math.round(measured).toLocaleString('en-US')} measured, the limit is ${Math.round(limit).toLocaleString('en-US')})`;
