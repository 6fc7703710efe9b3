/** Where the rows of a table are compared with what somebody else says of the same thing. */
export interface IndependentSource {
  readonly table: string;
  /** The program, or the other reading. */
  readonly source: string;
  /** File below test/workers, without `.test.ts`, and the title of the test. */
  readonly file: string;
  readonly test: string;
}

const source = (table: string, source: string, file: string, test: string): IndependentSource => ({
  table,
  source,
  file,
  test,
});

/** Tables whose rows on a real host, or of real files, a test compares with an independent source. */
export const independentSources: readonly IndependentSource[] = [
  source('acpi_tables', 'md5sum', 'tables/kernel-tables', 'agrees with md5sum'),
  source('apt_sources', 'apt-get', 'tables/other-readers', 'apt_sources agrees with apt-get indextargets'),
  source('arp_cache', 'ip neigh', 'tables/host-live', 'arp_cache agrees with ip neigh'),
  source('augeas', 'augtool', 'tables/augeas', 'the files of this host have the trees that augtool shows'),
  source(
    'authorized_keys',
    'ssh-keygen',
    'tables/authorized_keys',
    'keys that ssh-keygen makes, as it reads them itself',
  ),
  source('block_devices', 'lsblk', 'tables/block_devices', 'agrees with lsblk'),
  source('certificates', 'openssl', 'tables/certificates', 'the bundle of this host agrees with openssl'),
  source('cpu_time', 'libuv', 'tables/host-live', 'cpu_time lies between what libuv tells before and after'),
  source('cpuid', '/proc/cpuinfo', 'tables/kernel-security', 'the processor says what the kernel says of it'),
  source('crontab', 'crontab', 'tables/crontab', 'the jobs that crontab -l lists'),
  source('curl_certificate', 'openssl', 'net/curl_certificate', 'a certificate is shown as openssl shows it'),
  source('deb_package_files', 'dpkg-query', 'tables/deb_package_files', 'agrees with dpkg-query'),
  source('deb_packages', 'dpkg-query', 'tables/deb_packages', 'the packages that dpkg-query lists'),
  source('device_partitions', 'sfdisk', 'tables/disks', 'agrees with sfdisk'),
  source('dns_resolvers', 'libresolv', 'tables/dns_resolvers', 'agrees with libresolv'),
  source('etc_hosts', 'getent', 'tables/host-live', 'etc_hosts agrees with getent'),
  source('etc_protocols', 'getent', 'tables/etc-databases', 'etc_protocols agrees with getent'),
  source('etc_services', 'getent', 'tables/etc-databases', 'etc_services agrees with getent'),
  source('file', 'stat', 'tables/file', 'columns are what stat(1) tells'),
  source('groups', 'getent', 'tables/accounts', 'agrees with getent group'),
  source('hash', 'find and sha256sum', 'tables/hash', '/etc as find and sha256sum have it'),
  source('interface_addresses', 'ip addr', 'tables/interfaces', 'agrees with ip addr'),
  source('interface_details', 'ip addr and ethtool', 'tables/interfaces', 'agrees with ip addr'),
  source('interface_ipv6', 'sysctl', 'tables/kernel-tables', 'agrees with sysctl'),
  source(
    'kernel_info',
    'uname(2)',
    'tables/host-live',
    'kernel_info agrees with uname(2) and loses no argument',
  ),
  source('kernel_keys', 'python3', 'tables/other-readers', 'kernel_keys agrees with python3'),
  source('kernel_modules', '/sys/module', 'tables/host-live', 'kernel_modules agrees with /sys/module'),
  source('last', 'last', 'tables/accounts-and-logins', 'last agrees with last(1)'),
  source('listening_ports', 'ss', 'tables/sockets-live', 'agrees with ss'),
  source('load_average', 'uptime', 'tables/host-live', 'load_average agrees with uptime'),
  source('logged_in_users', 'who', 'tables/logged_in_users', 'agrees with who(1)'),
  source('magic', 'file', 'tables/magic', 'MIME types and encodings are those of file(1)'),
  source('memory_arrays', 'dmidecode', 'tables/smbios-dmidecode', 'a dump agrees with dmidecode'),
  source('memory_devices', 'dmidecode', 'tables/smbios-dmidecode', 'a dump agrees with dmidecode'),
  source(
    'memory_info',
    'vmstat and free',
    'tables/host-live',
    'memory_info lies between what vmstat and free tell before and after',
  ),
  source('memory_map', 'python3', 'tables/other-readers', 'memory_map agrees with python3'),
  source('mounts', 'findmnt and stat', 'tables/host-live', 'mounts agrees with findmnt'),
  source('npm_packages', 'npm', 'tables/language-packages', 'a tree that npm itself made'),
  source('oem_strings', 'dmidecode', 'tables/smbios-dmidecode', 'a dump agrees with dmidecode'),
  source('os_version', 'sh and uname', 'tables/os_version', 'agrees with sh about this host'),
  source('pci_devices', 'lspci and /sys/bus/pci', 'tables/buses', 'agrees with lspci'),
  source(
    'process_envs',
    'what env was given',
    'tables/processes-live',
    'a child of which everything is known',
  ),
  source('process_memory_map', 'pmap', 'tables/process-memory-and-pipes', 'agrees with pmap'),
  source('process_namespaces', 'lsns', 'tables/process-memory-and-pipes', 'agrees with lsns'),
  source(
    'process_open_files',
    'readlink',
    'tables/processes-live',
    'open files of this process are the links of its descriptors',
  ),
  source(
    'process_open_pipes',
    'ps',
    'tables/process-memory-and-pipes',
    'the ends of a real pipeline and of a real FIFO',
  ),
  source('process_open_sockets', 'ss', 'tables/sockets-live', 'agrees with ss'),
  source('processes', 'ps', 'tables/processes-live', 'agrees with ps, column by column'),
  source('python_packages', 'importlib', 'tables/language-packages', 'python_packages agrees with importlib'),
  source('routes', 'ip route', 'tables/routes', 'agrees with ip route about this host'),
  source('rpm_package_files', 'rpm', 'tables/rpm', 'what rpm itself installed is shown as rpm shows it'),
  source('rpm_packages', 'rpm', 'tables/rpm', 'what rpm itself installed is shown as rpm shows it'),
  source('shadow', 'getent', 'tables/etc-databases', 'shadow agrees with getent'),
  source('shared_memory', 'ipcs', 'tables/kernel-tables', 'agrees with ipcs'),
  source('smbios_tables', 'dmidecode', 'tables/smbios-dmidecode', 'a dump agrees with dmidecode'),
  source('suid_bin', 'find', 'tables/suid_bin', 'the programs that find(1) finds here'),
  source('system_controls', 'sysctl', 'tables/system_controls', 'agrees with sysctl'),
  source('system_info', 'uname, nproc, hostname and lscpu', 'tables/system_info', 'agrees with lscpu'),
  source('time', 'date', 'tables/host', 'agrees with date'),
  source('ulimit_info', 'bash', 'tables/accounts-and-logins', 'ulimit_info agrees with the shell'),
  source(
    'uptime',
    'sysinfo(2)',
    'tables/host-live',
    'uptime lies between what sysinfo(2) tells before and after',
  ),
  source('user_groups', 'id', 'tables/accounts-and-logins', 'user_groups agrees with id'),
  source(
    'user_ssh_keys',
    'ssh-keygen and openssl',
    'tables/user_ssh_keys',
    'keys that ssh-keygen made, in its own format and in PEM',
  ),
  source('users', 'getent', 'tables/accounts', 'agrees with getent passwd'),
];
