import { readTextFile } from '../platform/node/text-file.ts';
import { parseArguments } from '../supervisor/config/flags.ts';
import type { OutputMode } from './output/formatter.ts';
import { complain, runQuery } from './run-query.ts';

/** leashi: one statement with osqueryi's output flags. Always a supervisor of its own. */
const main = async (): Promise<number> => {
  const parsed = parseArguments(process.argv.slice(2), readTextFile);
  if (!parsed.ok) return complain(parsed.error.message);
  const { flags, positional } = parsed.value;
  const sql = positional[0] ?? (process.stdin.isTTY ? '' : readTextFile('/dev/stdin'));
  if (sql === undefined || sql.trim() === '') return complain("leashi expects SQL: leashi --json 'SELECT …'");
  const order: readonly OutputMode[] = ['list', 'line', 'csv', 'json_pretty', 'json'];
  const mode = order.find((name) => flags.bool(name)) ?? 'table';
  const from = { control: '', daemonOnly: false, standalone: true };
  const format = {
    separator: flags.text('separator'),
    header: flags.bool('header'),
    nullvalue: flags.text('nullvalue'),
  };
  return runQuery(sql, mode, from, format);
};

process.exitCode = await main();
