/** osquery's flags `enable_tables` and `disable_tables`: which tables can be queried. */
export interface TableChoice {
  /** If any are named, there are no others. */
  readonly enabled: readonly string[];
  /** These are not there, whatever else is said of them. */
  readonly disabled: readonly string[];
}

/** What the program itself asks which tables there are; it tells nothing of the host. */
const alwaysThere = 'osquery_registry';

/** Reads the flags; undefined where they leave nothing out. */
export const readTableChoice = (flags: {
  names(name: string): readonly string[];
}): TableChoice | undefined => {
  const choice = { enabled: flags.names('enable_tables'), disabled: flags.names('disable_tables') };
  return choice.enabled.length + choice.disabled.length === 0 ? undefined : choice;
};

/** The flag that leaves a table with these names out, and undefined for one that is there. */
export const leftOutBy = (
  { enabled, disabled }: TableChoice,
  names: readonly string[],
): 'disable_tables' | 'enable_tables' | undefined => {
  if (names.includes(alwaysThere)) return undefined;
  if (names.some((name) => disabled.includes(name))) return 'disable_tables';
  const isEnabled = enabled.length === 0 || names.some((name) => enabled.includes(name));
  return isEnabled ? undefined : 'enable_tables';
};
