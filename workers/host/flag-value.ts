import type { TableQuery } from '../../protocol/table.ts';

/** Value of one of the daemon's flags; '' when it has no such flag. */
export const flagValue = ({ askSupervisor }: Pick<TableQuery, 'askSupervisor'>, name: string): string => {
  const value = askSupervisor('osquery_flags').find((flag) => flag.name === name)?.value;
  return typeof value === 'string' ? value : '';
};
