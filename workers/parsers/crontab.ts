/** One job of a crontab (crontab(5)), in osquery's columns. */
export interface CronJob {
  /** `@reboot` and its like; then the five fields of time are undefined. */
  readonly event?: string;
  readonly minute?: string;
  readonly hour?: string;
  readonly day_of_month?: string;
  readonly month?: string;
  readonly day_of_week?: string;
  /** The rest of the line, its words one blank apart. In a system crontab the user's name comes first. */
  readonly command: string;
}

/** `NAME=value`: a schedule begins with a digit, `*` or `@`, so this is no job whatever the value looks like. */
const assignment = /^["']?[A-Za-z_][^\s="']*["']?\s*=/;

/** Jobs of a crontab. Comments, settings and lines without a command are left out. */
export function* parseCrontab(content: string): Generator<CronJob> {
  for (const line of content.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || assignment.test(trimmed)) continue;
    const job = jobOf(trimmed.split(/[ \t]+/));
    if (job.command !== '') yield job;
  }
}

const jobOf = (words: readonly string[]): CronJob => {
  const [first = ''] = words;
  if (first.startsWith('@')) return { event: first, command: words.slice(1).join(' ') };
  const [minute = '', hour = '', day_of_month = '', month = '', day_of_week = '', ...command] = words;
  return { minute, hour, day_of_month, month, day_of_week, command: command.join(' ') };
};
