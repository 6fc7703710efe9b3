import type { Denial } from '../../protocol/denial.ts';
import type { Verdict } from '../../protocol/verdict.ts';
import {
  factSql_chars,
  type GoodRun,
  type PackHold,
  type QueryFacts,
  type ScheduleFacts,
} from '../../protocol/why.ts';
import type { PackBoard } from '../packs/pack-board.ts';
import type { ScheduleBook, ScheduleEntry } from '../schedule/schedule-book.ts';
import type { Judge } from '../watchdog/judge.ts';
import type { HeldBack } from '../workforce/held-back.ts';

/** More verdicts of one query than this explain nothing further. */
const shownVerdicts = 5;
const shownDenials = 10;
/** The SQL of all but the newest verdict only serves to tell statements apart. */
const otherSql_chars = 200;

/** What the facts are gathered from. */
export interface FactSources {
  readonly book: ScheduleBook;
  readonly judge: Pick<Judge, 'evidence'>;
  readonly heldBack: HeldBack;
  readonly packs: PackBoard;
  /** All of them, read once for all the queries of an answer. */
  readonly verdicts: readonly Verdict[];
  readonly denials: readonly Denial[];
  readonly now_ms: number;
}

/** What is known about one name. */
export const queryFacts = (name: string, sources: FactSources): QueryFacts => {
  const entry = sources.book.get(name);
  const verdicts = sources.verdicts.filter(({ queryId }) => queryId === name).slice(0, shownVerdicts);
  const denials = sources.denials.filter(({ queryId }) => queryId === name).slice(0, shownDenials);
  const [newest] = verdicts;
  return {
    name,
    sql: (newest?.sql ?? entry?.query.sql ?? denials[0]?.sql ?? '').slice(0, factSql_chars),
    schedule: entry === undefined ? null : scheduleFacts(entry, sources.packs),
    verdicts: verdicts.map(withShortSql),
    evidence: (newest && sources.judge.evidence(newest.verdictId)) ?? null,
    denials: denials.map(withShortSql),
    heldBack: (entry && sources.heldBack.wait(entry, sources.now_ms)) ?? null,
  };
};

/** Whether there is anything to explain besides good runs. */
export const hasStory = ({ schedule, verdicts, denials, heldBack }: QueryFacts): boolean =>
  verdicts.length > 0 ||
  denials.length > 0 ||
  heldBack !== null ||
  (schedule !== null &&
    (schedule.lastFault !== null ||
      schedule.skipped > 0 ||
      schedule.deferred > 0 ||
      schedule.packHold !== null));

const withShortSql = <T extends { readonly sql: string }>(judged: T): T => ({
  ...judged,
  sql: judged.sql.slice(0, otherSql_chars),
});

const scheduleFacts = (entry: ScheduleEntry, packs: PackBoard): ScheduleFacts => ({
  interval_s: entry.query.interval_s,
  sqlHash: entry.sqlHash,
  budget: entry.query.budget,
  mayBeDenied: entry.query.denylist,
  running: entry.run !== undefined,
  executions: entry.performance?.executions ?? 0,
  lastGood: goodRun(entry),
  lastFault: entry.lastFault ?? null,
  skipped: entry.skipped,
  lastSkip: entry.lastSkip ?? null,
  deferred: entry.deferred,
  lastDeferral: entry.lastDeferral ?? null,
  packHold: packHold(entry, packs),
});

const packHold = ({ query }: ScheduleEntry, packs: PackBoard): PackHold | null => {
  const entry = query.pack === undefined ? undefined : packs.get(query.pack);
  if (entry === undefined || packs.isActive(entry)) return null;
  const { pack, discovered, discovered_unix_ms: at_unix_ms } = entry;
  const held = { pack: pack.name, sql: '', message: '', at_unix_ms };
  if (discovered === undefined || discovered.kind === 'found') return { ...held, kind: 'unanswered' };
  return { ...held, ...discovered, sql: discovered.sql.slice(0, factSql_chars) };
};

const goodRun = ({ performance }: ScheduleEntry): GoodRun | null => {
  if (performance === undefined || performance.executions === 0) return null;
  return {
    finished_unix_s: performance.last_executed_unix_s,
    wall_ms: performance.last_wall_time_ms,
    cpu_ms: performance.last_user_time_ms + performance.last_system_time_ms,
    memory_bytes: performance.last_memory_bytes,
  };
};
