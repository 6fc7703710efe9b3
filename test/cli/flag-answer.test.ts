import t from 'tap';
import { flagAnswer } from '../../cli/flag-answer.ts';
import { parseArguments } from '../../supervisor/config/flags.ts';
import { leashVersion } from '../../supervisor/version.ts';
import { runCommand } from '../system/daemon-harness.ts';

const answer = (program: 'leashd' | 'leashi', ...argv: string[]): string | undefined => {
  const parsed = parseArguments(argv, () => undefined);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return flagAnswer(program, parsed.value.flags);
};

t.test('--version and --help are answered before anything else is asked for', async (t) => {
  t.equal(answer('leashd', '--version'), `leashd version ${leashVersion}\n`);
  t.equal(answer('leashd', '--config_path=/nowhere'), undefined);
  const help = answer('leashi', '-h') ?? '';
  t.match(help, /^Usage: leashi \[--flag=value\]\.\.\. \[SQL\]\n/);
  t.match(help, /\n {2}--csv +print comma-separated values\n/);
  t.match(help, /\n {2}--denylist_mode=leash +leash: by denylist_durations/);
  t.notMatch(answer('leashd', '--help'), /--csv/, 'a flag of the shell is none of the daemon');
});

t.test('the programs themselves', async (t) => {
  for (const name of ['leashd', 'leashi']) {
    const shown = await runCommand(name, ['--version']);
    t.strictSame(shown, { code: 0, stdout: `${name} version ${leashVersion}\n`, stderr: '' });
  }
});
