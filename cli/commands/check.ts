import { checkReport } from '../../supervisor/config/check.ts';
import type { Flags } from '../../supervisor/config/flags.ts';
import { hostConfigReader, loadConfigOf } from '../../supervisor/configuration.ts';
import { thisCaller } from '../caller.ts';
import type { CommandIo } from '../command-io.ts';
import { terminalText } from '../output/terminal-text.ts';

/** `leash check`, `--config_check`: every problem of the config at once; 1 when the daemon would not start with it. */
export const check = (flags: Flags, io: CommandIo): number => {
  const report = checkReport(
    flags.text('config_path'),
    loadConfigOf(flags, hostConfigReader(flags, thisCaller().uid)),
  );
  for (const line of report.lines) io.out(`${terminalText(line)}\n`);
  return report.exitCode;
};
