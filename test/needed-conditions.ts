/** Conditions of the tables that give an error without them. */
export const neededConditions: Readonly<Record<string, string>> = {
  file: "WHERE path LIKE '/etc/%'",
  hash: "WHERE path = '/etc/passwd'",
  // These contact whom a query names; this one names nobody.
  curl: "WHERE url = ''",
  curl_certificate: "WHERE hostname = ''",
  docker_container_fs_changes: "WHERE id = 'a1'",
  docker_container_processes: "WHERE id = 'a1'",
  docker_container_stats: "WHERE id = 'a1'",
  lxd_instance_config: "WHERE name = 'a1'",
  lxd_instance_devices: "WHERE name = 'a1'",
  device_file: "WHERE device = '/dev/null'",
  device_hash: "WHERE device = '/dev/null'",
  device_partitions: "WHERE device = '/dev/null'",
  extended_attributes: "WHERE path = '/etc/passwd'",
  magic: "WHERE path = '/etc/passwd'",
  yara_file: "WHERE path = '/etc/passwd' AND sigrule = 'rule root { strings: $a = \"root:\" condition: $a }'",
  yara_process: 'WHERE pid = 1 AND sigrule = \'rule root { strings: $a = "root:" condition: $a }\'',
};
