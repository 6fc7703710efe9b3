import { type Flags, flagSpecs } from '../supervisor/config/flags.ts';
import { leashVersion } from '../supervisor/version.ts';

/** Programs that take osquery's flags. */
export type FlagProgram = 'leashd' | 'leashi';

const nameWidth = 34;

/** What `--help` or `--version` asks for, as text; undefined when neither is set. */
export const flagAnswer = (program: FlagProgram, flags: Flags): string | undefined => {
  if (flags.bool('version')) return `${program} version ${leashVersion}\n`;
  return flags.bool('help') ? help(program) : undefined;
};

/** The flags that are described: the others are osquery's, accepted so that its flagfiles work. */
const help = (program: FlagProgram): string => {
  const argument = program === 'leashi' ? ' [SQL]' : '';
  const described = flagSpecs.filter(
    ({ description, scope }) => description !== '' && (program === 'leashi' || scope !== 'shell'),
  );
  const lines = described.map(({ name, type, defaultValue, description }) => {
    const shown =
      type === 'bool' ? `--${name}` : `--${name}=${defaultValue === '' ? type.toUpperCase() : defaultValue}`;
    return `  ${shown.padEnd(nameWidth)} ${description}`;
  });
  return [
    `Usage: ${program} [--flag=value]...${argument}`,
    '',
    "osquery's flags and Leash's own; a value that is shown is the default. --flagfile=FILE reads more of them.",
    '',
    ...lines,
    '',
  ].join('\n');
};
