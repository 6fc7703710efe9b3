import { checkReport } from '../../supervisor/config/check.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { hostConfigReader, loadConfigOf } from '../../supervisor/configuration.ts';
import { thisCaller } from '../caller.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { terminalText } from '../output/terminal-text.ts';

/** `leash check`: every problem of a config at once; exit code 1 when the daemon would not start with it. */
export const check = (path: string, io: CommandIo): number => {
  const flags = new Flags().with('config_path', path, 'command line');
  if (!flags.ok) return complain(io, flags.error.message);
  const report = checkReport(
    path,
    loadConfigOf(flags.value, hostConfigReader(flags.value, thisCaller().uid)),
  );
  for (const line of report.lines) io.out(`${terminalText(line)}\n`);
  return report.exitCode;
};
