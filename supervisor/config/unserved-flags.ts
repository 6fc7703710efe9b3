import { type Flags, flagSpecs } from './flags.ts';

/** What there is instead of a flag of osquery. */
const instead: ReadonlyMap<string, string> = new Map([
  [
    'watchdog_forced_shutdown_delay',
    'a worker holds nothing that needs an orderly end, so it is killed at once.',
  ],
  ['enable_watchdog_debug', 'leash_verdicts tells what was measured.'],
]);

/**
 * What somebody should know who sets flags of osquery to what they are not anyway, and Leash makes no use of them: those
 * without a description. Sentences for the status log.
 */
export const unservedNotices = (flags: Flags): readonly string[] => {
  const unserved = flagSpecs.filter(
    ({ name, description, defaultValue }) => description === '' && flags.text(name) !== defaultValue,
  );
  const unexplained = unserved.filter(({ name }) => !instead.has(name)).map(({ name }) => `--${name}`);
  return [
    ...unserved.flatMap(({ name }) => {
      const why = instead.get(name);
      return why === undefined ? [] : [`--${name} has no effect: ${why}`];
    }),
    ...(unexplained.length === 0
      ? []
      : [`Flags of osquery without an effect in Leash are set: ${unexplained.join(', ')}.`]),
  ];
};
