/**
 * Runs every kind of extension that hurts on one real daemon, beside an extension and queries of every second that do
 * not, and prints what was expected of each, what came, and after how long. Exits 1 when one differs, when one took
 * longer than it may, or when an innocent query missed a second.
 *
 *   npm run offenders:extensions -- [--only REGEXP]
 */
import { scriptOptions } from '../../script-options.ts';
import { whyNoNodeExtension } from '../../supervisor/extensions/own-node.ts';
import { paintFor } from '../paint.ts';
import { innocentQueries } from './bystanders.ts';
import type { ExtensionOffender } from './extension-offender.ts';
import { extensionOffenders } from './kinds.ts';
import { problemsOfIntervals } from './problems.ts';
import { type ExtensionReport, runExtensions } from './run-extensions.ts';

const values = scriptOptions('npm run offenders:extensions -- [--only REGEXP]', {
  only: { type: 'string', default: '' },
});
const paint = paintFor(process.stdout.isTTY, process.env.NO_COLOR);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const line = (kind: string, expected: string, came: string, after: string): string =>
  `${kind.padEnd(17)} ${expected.padEnd(34)} ${came.padEnd(28)} ${after}`;

const wanted = ({ expected: { reasons, states } }: ExtensionOffender): string =>
  [states?.join('/') ?? 'ends with the daemon', reasons.join('/')].filter((part) => part !== '').join(', ');

const told = ({ offender, after_s, came, problems }: ExtensionReport): boolean => {
  const { within_s } = offender.expected;
  const wrong = [...problems, ...(after_s <= within_s ? [] : [`it may take ${within_s} s`])];
  const text = line(offender.name, wanted(offender), came, `${after_s.toFixed(1)} s of ${within_s} s`);
  say(wrong.length === 0 ? text : paint.bad(`${text}\n  ${wrong.join('\n  ')}`));
  return wrong.length === 0;
};

const why = whyNoNodeExtension();
if (why !== undefined) throw new Error(why);
const only = new RegExp(values.only);
const kinds = extensionOffenders.filter(({ name }) => only.test(name));
say(paint.strong(line('kind', 'expected', 'came', 'after')));
const { reports, problems, first, last } = await runExtensions(kinds, 'long');
const right = reports.map(told).filter((isRight) => isRight).length;
const aside = [...problems, ...problemsOfIntervals(first, last)];
for (const problem of aside) say(paint.bad(problem));
const ran_s = Math.round((last.at_ms - first.at_ms) / 1_000);
const innocents = `${Object.keys(innocentQueries).length} innocent queries over ${ran_s} s`;
const summary = `${reports.length} kinds, ${reports.length - right} not as they should be; ${innocents}, ${aside.length} problems`;
const isGood = right === reports.length && aside.length === 0 && reports.length > 0;
say(isGood ? paint.good(summary) : paint.bad(summary));
process.exitCode = isGood ? 0 : 1;
