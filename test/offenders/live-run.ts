import { catalogue } from './catalogue.ts';
import type { Form } from './ground.ts';
import type { Paint } from './paint.ts';
import { realQueries } from './real-queries.ts';
import { type CatalogueReport, runCatalogue } from './run-catalogue.ts';
import type { OffenderReport } from './run-offender.ts';

/** What to run and how to tell of it. */
export interface LiveRunOptions {
  readonly form: Form;
  readonly lanes: number;
  /** Kinds whose names match; all where absent. */
  readonly only?: RegExp;
  readonly paint: Paint;
  readonly isTerminal: boolean;
}

/** Runs the catalogue and the queries of real life, with a line for each kind as it ends. */
export const liveRun = async (options: LiveRunOptions): Promise<CatalogueReport> => {
  const { form, lanes, only = /^/, paint, isTerminal } = options;
  const kinds = [...catalogue, ...realQueries()].filter(({ name }) => only.test(name));
  // Without an exit of its own the process would leave workers that no longer listen.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const began_ms = performance.now();
  let done = 0;
  const say = (text: string): void => void process.stdout.write(text);
  say(paint.strong(`${columnsOf(['kind', 'wall', 'CPU', 'growth', 'denied', 'verdicts'])}\n`));
  const result = await runCatalogue(kinds, {
    form,
    lanes,
    told: (report) => {
      done += 1;
      if (isTerminal) say('\r\u001b[K');
      if (report.problems.length > 0 || report.offender.why !== inUse) say(`${lineOf(report, paint)}\n`);
      const passed_s = Math.round((performance.now() - began_ms) / 1000);
      if (isTerminal) say(paint.faint(`${done} of ${kinds.length}, ${passed_s} s `));
    },
  });
  if (isTerminal) say('\r\u001b[K');
  const quiet = result.reports.filter(
    ({ offender, problems }) => offender.why === inUse && problems.length === 0,
  );
  if (quiet.length > 0) say(`${quiet.length} real queries: none was judged\n`);
  for (const { name, reason } of result.skipped) say(paint.faint(`skipped: ${name}: ${reason}\n`));
  return result;
};

/** The reason why a real query is innocent. */
const inUse = 'it is in use';

const columnsOf = ([
  kind = '',
  wall = '',
  cpu = '',
  growth = '',
  denied = '',
  verdicts = '',
]: readonly string[]): string =>
  `${kind.padEnd(32)} ${wall.padStart(9)} ${cpu.padStart(9)} ${growth.padStart(8)} ${denied.padStart(7)}  ${verdicts}`;

const lineOf = ({ offender, runs, deniedAfter, problems }: OffenderReport, paint: Paint): string => {
  const [first] = runs;
  const from = first?.looks[0];
  const last = first?.looks.at(-1);
  const { wall_ms = 0, user_ms = 0, system_ms = 0 } = first?.outcome.cost ?? {};
  const seen_ms = from === undefined || last === undefined ? 0 : last.at_ms - from.at_ms;
  const cpu_ms = from === undefined || last === undefined ? 0 : last.cpu_ms - from.cpu_ms;
  const peak_bytes = Math.max(
    0,
    ...(first?.looks ?? []).map(({ private_bytes }) => private_bytes - (from?.private_bytes ?? 0)),
  );
  const verdicts = runs.flatMap((run) => run.verdicts.map(({ kind, reason }) => `${kind} ${reason}`));
  const text = columnsOf([
    offender.name,
    `${Math.round(Math.max(wall_ms, seen_ms))} ms`,
    `${Math.round(Math.max(user_ms + system_ms, cpu_ms))} ms`,
    `${Math.round(peak_bytes / 2 ** 20)} MB`,
    deniedAfter === 0 ? '-' : `after ${deniedAfter}`,
    verdicts.join(', ') || first?.outcome.failure?.message.slice(0, 60) || 'answered',
  ]);
  return problems.length === 0 ? text : `${paint.bad(text)}\n${paint.bad(`  ${problems.join('\n  ')}`)}`;
};
