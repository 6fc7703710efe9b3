import { deferLimit_ms } from '../../policies/host-pressure.ts';
import type { Evidence, StrikeGround } from '../../protocol/evidence.ts';
import type { Verdict, VerdictKind } from '../../protocol/verdict.ts';
import type { LostStartReason, QueryFacts, ScheduleFacts } from '../../protocol/why.ts';
import { describeVerdict } from '../../supervisor/watchdog/describe-verdict.ts';
import { adviceOn, isPast } from './advice.ts';
import type { Block, WhyContext } from './block.ts';
import { curvesOf } from './curves.ts';
import { denialFacts } from './explain-denial.ts';
import { headline } from './headline.ts';
import { counted, duration, excerpt, future, past, size, span } from './words.ts';

/** Tells why a query runs or does not, in plain words: from facts alone, so that the same ones give the same words. */
export const explain = (facts: QueryFacts, context: WhyContext): readonly Block[] => {
  const [newest] = facts.verdicts;
  const charts =
    facts.evidence === null || newest === undefined ? [] : curvesOf(facts.evidence, newest.reason);
  return [
    { kind: 'headline', text: headline(facts, context) },
    ...verdictFacts(facts, context),
    ...denialFacts(facts, context),
    ...waitFact(facts, context),
    ...packFact(facts, context),
    ...(facts.schedule === null ? [] : scheduleFacts(facts.schedule, newest, context)),
    ...(newest === undefined ? [] : adviceOn(newest, facts)),
    ...charts.map((chart): Block => ({ kind: 'chart', chart })),
  ];
};

const fact = (about: string, text: string): Block => ({ kind: 'fact', about, text });

/** What became of the run and its worker. Two limits are the kernel's and V8's: there Leash only found a dead worker. */
const doneTo = ({ subject, kind, reason }: Verdict): string => {
  if (subject === 'extension') return 'It was killed with everything that it had started.';
  if (reason === 'js_heap_exhausted') return 'V8 aborted its worker; it ran nothing else.';
  if (reason === 'cgroup_oom') return 'The kernel killed its worker; it ran nothing else.';
  return done[kind];
};

const done: Readonly<Record<VerdictKind, string>> = {
  throttle: 'It went on within its share of a core, and nothing was stopped.',
  fail: 'The engine ended the statement, and its worker lives on.',
  kill: 'Its worker was ended with SIGKILL; it ran nothing else.',
  deny: 'There was no run left to stop.',
};

const verdictFacts = (facts: QueryFacts, context: WhyContext): readonly Block[] => {
  const { verdicts, evidence, schedule } = facts;
  const [newest, ...earlier] = verdicts;
  if (newest === undefined) return [];
  const sentences = [
    `${past(newest.at_unix_ms, context.now_unix_ms)}: ${describeVerdict(newest)}`,
    doneTo(newest),
    runUntil(evidence),
    newest.journalled ? '' : 'The store failed and has not taken this verdict yet.',
    schedule === null ? '' : sinceThen(newest, schedule),
  ];
  const blocks = [fact('Last verdict', joined(sentences)), fact('Strike', strikeWords(newest, evidence))];
  if (earlier.length > 0) {
    const list = earlier.map(
      ({ at_unix_ms, reason }) => `${past(at_unix_ms, context.now_unix_ms)}: ${reason}`,
    );
    blocks.push(fact('Earlier verdicts', `${list.join('; ')}.`));
  }
  return blocks;
};

const sinceThen = (verdict: Verdict, schedule: ScheduleFacts): string => {
  if (verdict.sqlHash !== schedule.sqlHash) return 'Its SQL or its limits have changed since.';
  return isPast(verdict, schedule) ? 'It has come to its end since.' : '';
};

const joined = (sentences: readonly string[]): string => sentences.filter((text) => text !== '').join(' ');

const runUntil = (evidence: Evidence | null): string => {
  const points = evidence?.points ?? [];
  const last = points.at(-1);
  const what = evidence?.subject === 'extension' ? 'life' : 'run';
  if (last === undefined) return `No samples of the ${what} are kept.`;
  const { at_ms, cpu_ms, read_bytes } = last;
  const grown_bytes = Math.max(...points.map(({ growth_bytes }) => growth_bytes));
  const read = read_bytes === null ? '' : ` and had read ${size(read_bytes)}`;
  const grown = what === 'life' ? 'had held' : 'had grown by';
  return `The ${what} had lasted ${duration(at_ms)}, had used ${duration(cpu_ms)} of CPU time, ${grown} ${size(grown_bytes)} at most${read}.`;
};

const strikeWords = (verdict: Verdict, evidence: Evidence | null): string => {
  if (evidence === null) return verdict.strike ? 'It counts.' : 'It does not count.';
  if (!evidence.mayBeDenied) {
    return `It does not count: the config says "denylist": false, so ${evidence.subject === 'query' ? 'the query' : 'the extension'} is stopped but never denied.`;
  }
  return groundWords[evidence.ground](pressureWords(evidence));
};

const groundWords: Readonly<Record<StrikeGround, (pressure: string) => string>> = {
  whole_budget: () => 'It counts: the run cost the host all that its limit allows.',
  only_slowed: () => 'It does not count: the query is only slower for it.',
  much_to_say: () => 'It does not count: a result that is too large fails the run but hurts nobody.',
  slow_on_calm_host: (pressure) =>
    `It counts: the host was not why the query was slow${pressure === '' ? '' : ` (${pressure})`}.`,
  slow_on_busy_host: (pressure) =>
    `It does not count: the host was busy (${pressure}) and may be why the query was slow. The third such stop in a row counts.`,
  slow_in_a_row: (pressure) =>
    `It counts although the host was busy (${pressure}): it was at least the third stop for running time in a row.`,
  hung_once: () =>
    'It does not count: an extension that hangs once is only started anew. Within an hour of this the next time counts.',
  hung_again: (pressure) =>
    `It counts: it had hung before, and the host was not why${pressure === '' ? '' : ` (${pressure})`}.`,
};

const pressureWords = ({ cpuSome_percent, ioSome_percent }: Evidence): string =>
  [
    cpuSome_percent === null ? '' : `tasks waited for its CPUs ${Math.round(cpuSome_percent)} % of the time`,
    ioSome_percent === null ? '' : `for its disks ${Math.round(ioSome_percent)} %`,
  ]
    .filter((part) => part !== '')
    .join(', ');

const waitFact = ({ heldBack }: QueryFacts, { now_unix_ms }: WhyContext): readonly Block[] => {
  if (heldBack === null) return [];
  const { deaths, until_unix_ms } = heldBack;
  const times = deaths === 1 ? 'died' : `died ${deaths} times in a row`;
  return [
    fact(
      'Held back',
      `Its worker ${times} while it ran, and no limit was broken: that denies nothing, but it waits until ${future(until_unix_ms, now_unix_ms)}, longer after each death. A run that its worker outlives ends the row.`,
    ),
  ];
};

const packFact = ({ schedule }: QueryFacts, { now_unix_ms }: WhyContext): readonly Block[] => {
  const hold = schedule?.packHold ?? null;
  if (hold === null || hold.kind === 'unanswered') return [];
  const what = hold.kind === 'nothing' ? 'had no row' : `failed: ${hold.message}`;
  return [
    fact(
      'Discovery',
      `Its pack runs while each of its discovery queries has a row. ${past(hold.at_unix_ms, now_unix_ms)} this one ${what}: ${excerpt(hold.sql)}. It is asked again every pack_refresh_interval.`,
    ),
  ];
};

const scheduleFacts = (
  schedule: ScheduleFacts,
  newest: Verdict | undefined,
  { now_unix_ms }: WhyContext,
): readonly Block[] => {
  const { lastGood, lastFault, executions, skipped, lastSkip, deferred, lastDeferral } = schedule;
  const blocks: Block[] = [];
  const judged =
    newest !== undefined && ['limit', 'killed', 'out_of_memory'].includes(lastFault?.reason ?? '');
  if (lastFault !== null && !judged) {
    blocks.push(fact('Last failed run', `${past(lastFault.at_unix_ms, now_unix_ms)}: ${lastFault.message}`));
  }
  if (lastGood === null) {
    blocks.push(fact('Last good run', 'None yet of this SQL.'));
  } else {
    const { finished_unix_s, wall_ms, cpu_ms, memory_bytes } = lastGood;
    blocks.push(
      fact(
        'Last good run',
        `${past(finished_unix_s * 1000, now_unix_ms)}: ${duration(wall_ms)}, ${duration(cpu_ms)} of CPU time, ${size(memory_bytes)} of memory growth. It is due every ${span(schedule.interval_s * 1000)}; ${counted(executions, 'good run', 'good runs')} so far.`,
      ),
    );
  }
  if (lastDeferral !== null) {
    const longest = span(deferLimit_ms(schedule.interval_s * 1000));
    const then =
      lastDeferral.reason === 'memory'
        ? 'after that the start falls away'
        : 'after that it runs all the same';
    blocks.push(
      fact(
        'Put off',
        `${counted(deferred, 'start', 'starts')} since the daemon began, the last ${past(lastDeferral.at_unix_ms, now_unix_ms)}, because ${lostWords[lastDeferral.reason]}. A start waits ${longest} at most; ${then}.`,
      ),
    );
  }
  if (lastSkip !== null) {
    blocks.push(
      fact(
        'Skipped',
        `${counted(skipped, 'start', 'starts')} since the daemon began, the last ${past(lastSkip.at_unix_ms, now_unix_ms)}, because ${lostWords[lastSkip.reason]}.`,
      ),
    );
  }
  return blocks;
};

const lostWords: Readonly<Record<LostStartReason, string>> = {
  cpu: "the host's tasks waited for its CPUs",
  io: "the host's tasks waited for its disks",
  load: "the host's load was high",
  memory: "the host's memory was scarce",
  battery: "the host's battery was low",
  former_run: 'its former run was not over',
};
