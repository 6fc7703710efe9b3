/**
 * Runs the whole catalogue and every real query on this host, with the limits that Leash has by default and four
 * workers busy at once, and prints what became of each. Exits 1 when one differs from what it deserves.
 *
 *   npm run offenders -- [--short] [--lanes 4] [--only REGEX]
 */
import { scriptOptions } from '../script-options.ts';
import { liveRun } from './live-run.ts';
import { paintFor } from './paint.ts';

const values = scriptOptions('npm run offenders -- [--short] [--lanes 4] [--only REGEXP]', {
  short: { type: 'boolean', default: false },
  lanes: { type: 'string', default: '4' },
  only: { type: 'string', default: '' },
});
const isTerminal = process.stdout.isTTY;
const paint = paintFor(isTerminal, process.env.NO_COLOR);
const { reports } = await liveRun({
  form: values.short ? 'short' : 'long',
  lanes: Number(values.lanes),
  only: new RegExp(values.only),
  paint,
  isTerminal,
});
const wrong = reports.filter(({ problems }) => problems.length > 0).length;
const summary = `${reports.length} kinds, ${wrong} not as they should be`;
process.stdout.write(`${wrong > 0 ? paint.bad(summary) : paint.good(summary)}\n`);
process.exitCode = wrong > 0 || reports.length === 0 ? 1 : 0;
