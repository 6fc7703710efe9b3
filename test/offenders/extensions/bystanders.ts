/** Who lives beside the offenders and must not notice them: an extension, and queries of every second. */
export const bystander: { readonly name: string; readonly table: string } = {
  name: 'calm',
  table: 'calm_numbers',
};

/** By their names in the schedule. */
export const innocentQueries: Readonly<Record<string, string>> = {
  innocent_plain: 'SELECT 1 AS one',
  innocent_built_in: 'SELECT count(*) > 0 AS some FROM processes',
  innocent_extension: `SELECT n FROM ${bystander.table}`,
};
