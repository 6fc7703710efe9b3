/**
 * Tables whose every scan asks the metadata service of a cloud, an address beyond this machine: tests and measurements
 * contact nobody, so they ask doubles on loopback for them and leave such queries out otherwise.
 */
export const contactingTables: ReadonlySet<string> = new Set([
  'azure_instance_metadata',
  'azure_instance_tags',
  'ec2_instance_metadata',
  'ec2_instance_tags',
  'ycloud_instance_metadata',
]);
