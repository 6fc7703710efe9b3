import { Flags } from '../../../supervisor/config/flags.ts';

/** Flags with these values, as of a command line. */
export const flagsOf = (values: Readonly<Record<string, string>>): Flags =>
  Object.entries(values).reduce((flags, [name, value]) => {
    const set = flags.with(name, value, 'command line');
    if (!set.ok) throw new Error(set.error.message);
    return set.value;
  }, new Flags());
