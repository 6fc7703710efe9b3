import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { explain } from '../../../cli/why/explain.ts';
import { layOut, type Page } from '../../../cli/why/layout.ts';
import { budgetOfLevel } from '../../../protocol/budget.ts';
import type { Denial } from '../../../protocol/denial.ts';
import type { ExtensionEvidence } from '../../../protocol/evidence.ts';
import { usualExtensionBudget } from '../../../protocol/extension/budget.ts';
import type { Verdict } from '../../../protocol/verdict.ts';
import type { QueryFacts } from '../../../protocol/why.ts';
import {
  context,
  denialOf,
  evidenceOf,
  factsOf,
  now_unix_ms,
  risingTo,
  scheduleFacts,
  verdictOf,
} from './facts.ts';

const directory = join(import.meta.dirname, 'golden');
const plain: Page = { colours: false, unicode: true, columns: () => undefined };
const mebibyte = 2 ** 20;
const minute_ms = 60_000;

const recursion = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
const noPoints = evidenceOf({ points: [] });

/** An extension in which a query hung. */
const hung = {
  scope: 'extension:hog',
  sql: '/opt/hog.ext',
  reason: 'wall_ms',
  limit: 30_000,
  measured: 30_001,
} as const;
const factsOfExtension = (
  evidence: Partial<ExtensionEvidence>,
  verdict: Partial<Verdict>,
  denials: readonly Denial[] = [],
): QueryFacts =>
  factsOf({
    sql: hung.sql,
    schedule: null,
    verdicts: [verdictOf({ ...hung, subject: 'extension', kind: 'kill', ...verdict })],
    evidence: {
      ...evidenceOf({ points: [] }),
      subject: 'extension',
      budget: usualExtensionBudget,
      ...evidence,
    },
    denials,
  });

/** By file of test/cli/why/golden. */
const cases: Readonly<Record<string, QueryFacts>> = {
  cpu_ms: factsOf({
    sql: recursion,
    verdicts: [verdictOf()],
    evidence: evidenceOf(),
    denials: [denialOf()],
    schedule: scheduleFacts({
      executions: 12,
      lastGood: {
        finished_unix_s: now_unix_ms / 1000 - 7_200,
        wall_ms: 143,
        cpu_ms: 120,
        memory_bytes: 1_400_000,
      },
    }),
  }),
  cpu_percent: factsOf({
    verdicts: [verdictOf({ kind: 'kill', reason: 'cpu_percent', limit: 50, measured: 91.7 })],
    evidence: evidenceOf({ budget: { ...budgetOfLevel['0'], cpu_percent: 50 } }),
  }),
  throttle_percent: factsOf({
    verdicts: [
      verdictOf({ kind: 'throttle', reason: 'throttle_percent', limit: 25, measured: 99.6, strike: false }),
    ],
    evidence: evidenceOf({ budget: { ...budgetOfLevel['0'], throttle_percent: 25 }, ground: 'only_slowed' }),
  }),
  memory_mb: factsOf({
    sql: 'SELECT group_concat(a.cmdline) FROM processes a, users b ORDER BY a.pid',
    verdicts: [
      verdictOf({ kind: 'kill', reason: 'memory_mb', limit: 200, measured: 200.8 }),
      verdictOf({ at_unix_ms: now_unix_ms - 90 * minute_ms }),
    ],
    evidence: evidenceOf({
      points: risingTo({ at_ms: 4_100, cpu_ms: 3_900, growth_bytes: 200.8 * mebibyte, read_bytes: null }),
    }),
    denials: [denialOf({ strikes: 2, reason: 'memory_mb', limit: 200, measured: 200.8 })],
  }),
  js_heap_exhausted: factsOf({
    verdicts: [verdictOf({ kind: 'kill', reason: 'js_heap_exhausted', limit: 200, measured: 131 })],
    evidence: evidenceOf({
      points: risingTo({ at_ms: 900, cpu_ms: 800, growth_bytes: 131 * mebibyte, read_bytes: 0 }),
    }),
  }),
  cgroup_oom: factsOf({
    verdicts: [verdictOf({ kind: 'kill', reason: 'cgroup_oom', limit: 200, measured: 231 })],
    evidence: evidenceOf({
      points: risingTo({ at_ms: 250, cpu_ms: 240, growth_bytes: 231 * mebibyte, read_bytes: 0 }, 3),
    }),
  }),
  'wall_ms-calm-host': factsOf({
    verdicts: [verdictOf({ kind: 'kill', reason: 'wall_ms', limit: 30_000, measured: 32_004 })],
    evidence: evidenceOf({
      ground: 'slow_on_calm_host',
      points: risingTo({ at_ms: 32_004, cpu_ms: 410, growth_bytes: mebibyte, read_bytes: 5_000 }),
    }),
  }),
  'wall_ms-busy-host': factsOf({
    verdicts: [verdictOf({ reason: 'wall_ms', limit: 30_000, measured: 30_001, strike: false })],
    evidence: evidenceOf({
      ground: 'slow_on_busy_host',
      cpuSome_percent: 87.6,
      ioSome_percent: 2,
      points: [],
    }),
  }),
  'wall_ms-in-a-row': factsOf({
    verdicts: [verdictOf({ reason: 'wall_ms', limit: 30_000, measured: 30_001 })],
    evidence: evidenceOf({
      ground: 'slow_in_a_row',
      ioSome_percent: 61,
      points: risingTo({ at_ms: 30_001, cpu_ms: 25_000, growth_bytes: mebibyte, read_bytes: 5_000 }),
    }),
    denials: [denialOf({ reason: 'wall_ms', limit: 30_000, measured: 30_001 })],
  }),
  rows: factsOf({
    sql: 'SELECT * FROM processes',
    verdicts: [verdictOf({ reason: 'rows', limit: 200_000, measured: 200_001, strike: false })],
    evidence: evidenceOf({ ground: 'much_to_say' }),
  }),
  result_mb: factsOf({
    sql: 'SELECT * FROM processes WHERE pid > 1',
    verdicts: [
      verdictOf({ reason: 'result_mb', limit: 64, measured: 64.1, strike: false, journalled: false }),
    ],
    evidence: evidenceOf({ ground: 'much_to_say' }),
  }),
  read_mb: factsOf({
    verdicts: [verdictOf({ reason: 'read_mb', limit: 512, measured: 512.4 })],
    evidence: evidenceOf({
      points: risingTo({ at_ms: 2_000, cpu_ms: 700, growth_bytes: 0, read_bytes: 512.4 * mebibyte }),
    }),
  }),
  paths: factsOf({
    verdicts: [verdictOf({ reason: 'paths', limit: 200_000, measured: 200_001 })],
    evidence: evidenceOf(),
  }),
  unkillable: factsOf({
    verdicts: [verdictOf({ kind: 'deny', reason: 'unkillable', limit: 2, measured: 3 })],
    evidence: noPoints,
    denials: [denialOf({ reason: 'unkillable', limit: 2, measured: 3 })],
  }),
  'never-denied': factsOf({
    verdicts: [verdictOf({ strike: false })],
    evidence: evidenceOf({ mayBeDenied: false }),
    schedule: scheduleFacts({ mayBeDenied: false }),
  }),
  'no-evidence': factsOf({ verdicts: [verdictOf()], denials: [denialOf({ state: 'watched', strikes: 1 })] }),
  operator: factsOf({
    denials: [denialOf({ reason: 'operator', strikes: 0, limit: 0, measured: 0 })],
  }),
  probation: factsOf({
    verdicts: [verdictOf({ at_unix_ms: now_unix_ms - 11 * minute_ms })],
    evidence: evidenceOf(),
    denials: [
      denialOf({
        state: 'probation',
        since_unix_ms: now_unix_ms - 11 * minute_ms,
        until_unix_ms: now_unix_ms - minute_ms,
      }),
    ],
  }),
  cured: factsOf({
    verdicts: [verdictOf()],
    denials: [denialOf({ state: 'watched', strikes: 2, since_unix_ms: now_unix_ms - 30_000 })],
    schedule: scheduleFacts({
      executions: 1,
      lastGood: { finished_unix_s: now_unix_ms / 1000 - 30, wall_ms: 12_345, cpu_ms: 9_000, memory_bytes: 0 },
    }),
  }),
  changed: factsOf({
    verdicts: [verdictOf({ sqlHash: 'former' })],
    denials: [denialOf({ sqlHash: 'former' })],
  }),
  'held-back': factsOf({
    heldBack: { deaths: 3, until_unix_ms: now_unix_ms + 4_200 },
    schedule: scheduleFacts({
      lastFault: {
        at_unix_ms: now_unix_ms - 500,
        reason: 'worker_died',
        message: 'Worker 4242 was ended by SIGSEGV while it ran the query; no limit was broken.',
      },
    }),
  }),
  pressure: factsOf({
    schedule: scheduleFacts({
      running: true,
      deferred: 1_204,
      lastDeferral: { at_unix_ms: now_unix_ms - 3_000, reason: 'cpu' },
      skipped: 1,
      lastSkip: { at_unix_ms: now_unix_ms - 3 * 86_400_000, reason: 'former_run' },
    }),
  }),
  'scarce-memory': factsOf({
    schedule: scheduleFacts({
      interval_s: 60,
      deferred: 2,
      lastDeferral: { at_unix_ms: now_unix_ms - 90_000, reason: 'memory' },
      skipped: 2,
      lastSkip: { at_unix_ms: now_unix_ms - 60_000, reason: 'memory' },
    }),
  }),
  'pack-without-rows': factsOf({
    schedule: scheduleFacts({
      packHold: {
        pack: 'databases',
        kind: 'nothing',
        sql: "SELECT pid FROM processes WHERE name = 'postgres'",
        message: '',
        at_unix_ms: now_unix_ms - 20 * 60_000,
      },
    }),
  }),
  'pack-that-fails': factsOf({
    schedule: scheduleFacts({
      packHold: {
        pack: 'databases',
        kind: 'failed',
        sql: 'SELECT * FROM postgres',
        message: 'no such table: postgres',
        at_unix_ms: now_unix_ms - 20 * 60_000,
      },
    }),
  }),
  'pack-unanswered': factsOf({
    schedule: scheduleFacts({
      packHold: { pack: 'databases', kind: 'unanswered', sql: '', message: '', at_unix_ms: 0 },
    }),
  }),
  'missing-required': factsOf({
    schedule: scheduleFacts({
      lastFault: {
        at_unix_ms: now_unix_ms - 10_000,
        reason: 'missing_required',
        message: "table hash needs a constraint on path or directory, for example WHERE path = '…'",
      },
    }),
  }),
  adhoc: factsOf({
    name: 'adhoc',
    sql: recursion,
    schedule: null,
    verdicts: [verdictOf({ queryId: 'adhoc', scope: 'adhoc:0', sql: recursion })],
    evidence: evidenceOf({ points: [] }),
    denials: [
      denialOf({ scope: 'adhoc:0', queryId: 'adhoc', sql: recursion }),
      denialOf({ scope: 'adhoc:0', queryId: 'adhoc', sql: 'SELECT\n  2', sqlHash: 'other' }),
    ],
  }),
  'hung-once': factsOfExtension({ ground: 'hung_once' }, { strike: false }),
  'hung-again': factsOfExtension({ ground: 'hung_again', cpuSome_percent: 2 }, {}, [
    denialOf({ ...hung, strikes: 1 }),
  ]),
  gone: factsOf({ schedule: null, verdicts: [verdictOf()], evidence: noPoints }),
  'nothing-known': factsOf(),
};

for (const [name, facts] of Object.entries(cases)) {
  t.test(name, async (t) => {
    const text = layOut(explain(facts, context), plain);
    const file = join(directory, `${name}.txt`);
    // Set to take them anew; read the difference before you keep it.
    if (process.env.LEASH_TAKE_GOLDEN === '1') writeFileSync(file, text);
    t.equal(text, readFileSync(file, 'utf8'));
    t.ok(text.split('\n').every((line) => line.length <= 90));
  });
}

t.test('every golden file belongs to a case', async (t) => {
  t.strictSame(
    readdirSync(directory).toSorted(),
    Object.keys(cases)
      .map((name) => `${name}.txt`)
      .toSorted(),
  );
});

t.test('without UTF-8 all is ASCII, in a narrow terminal all is narrow', async (t) => {
  const text = layOut(explain(cases.memory_mb ?? factsOf(), context), {
    colours: false,
    unicode: false,
    columns: () => 60,
  });
  t.match(text, /^[\n -~]*$/);
  t.match(text, /^200 \|-{10,}/m, 'the limit is a line');
  t.ok(text.split('\n').every((line) => line.length <= 60));
});

t.test('colours are for those who want them', async (t) => {
  const facts = cases.memory_mb ?? factsOf();
  const coloured = layOut(explain(facts, context), { ...plain, colours: true });
  t.not(coloured, stripVTControlCharacters(coloured));
  t.equal(stripVTControlCharacters(coloured), layOut(explain(facts, context), plain));
});
