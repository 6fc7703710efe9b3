import { checkReport } from '../../supervisor/config/check.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { loadConfigOf } from '../../supervisor/daemon.ts';
import { thisCaller } from '../caller.ts';
import { complain } from '../run-query.ts';

/** `leash check`: every problem of a config at once; exit code 1 when the daemon would not start with it. */
export const check = (path: string): number => {
  const flags = new Flags().with('config_path', path, 'command line');
  if (!flags.ok) return complain(flags.error.message);
  const report = checkReport(path, loadConfigOf(flags.value, thisCaller().uid));
  process.stdout.write(`${report.lines.join('\n')}\n`);
  return report.exitCode;
};
