import type { Table } from '../../protocol/table.ts';
import { acpiTables } from './acpi_tables.ts';
import { apparmorEvents } from './apparmor_events.ts';
import { apparmorProfiles } from './apparmor_profiles.ts';
import { aptSources } from './apt_sources.ts';
import { arpCache } from './arp_cache.ts';
import { augeas } from './augeas.ts';
import { authorizedKeys } from './authorized_keys.ts';
import { azureInstanceMetadata } from './azure_instance_metadata.ts';
import { azureInstanceTags } from './azure_instance_tags.ts';
import { blockDevices } from './block_devices.ts';
import { carbonBlackInfo } from './carbon_black_info.ts';
import { carves } from './carves.ts';
import { certificates } from './certificates.ts';
import { chromeExtensionContentScripts } from './chrome_extension_content_scripts.ts';
import { chromeExtensions } from './chrome_extensions.ts';
import { cpuInfo } from './cpu_info.ts';
import { cpuTime } from './cpu_time.ts';
import { cpuid } from './cpuid.ts';
import { crontab } from './crontab.ts';
import { curl } from './curl.ts';
import { curlCertificate } from './curl_certificate.ts';
import { debPackageFiles } from './deb_package_files.ts';
import { debPackages } from './deb_packages.ts';
import { deviceFile } from './device_file.ts';
import { deviceHash } from './device_hash.ts';
import { devicePartitions } from './device_partitions.ts';
import { diskEncryption } from './disk_encryption.ts';
import { dnsResolvers } from './dns_resolvers.ts';
import { dockerContainerEnvs } from './docker_container_envs.ts';
import { dockerContainerFsChanges } from './docker_container_fs_changes.ts';
import { dockerContainerLabels } from './docker_container_labels.ts';
import { dockerContainerMounts } from './docker_container_mounts.ts';
import { dockerContainerNetworks } from './docker_container_networks.ts';
import { dockerContainerPorts } from './docker_container_ports.ts';
import { dockerContainerProcesses } from './docker_container_processes.ts';
import { dockerContainerStats } from './docker_container_stats.ts';
import { dockerContainers } from './docker_containers.ts';
import { dockerImageHistory } from './docker_image_history.ts';
import { dockerImageLabels } from './docker_image_labels.ts';
import { dockerImageLayers } from './docker_image_layers.ts';
import { dockerImages } from './docker_images.ts';
import { dockerInfo } from './docker_info.ts';
import { dockerNetworkLabels } from './docker_network_labels.ts';
import { dockerNetworks } from './docker_networks.ts';
import { dockerVersion } from './docker_version.ts';
import { dockerVolumeLabels } from './docker_volume_labels.ts';
import { dockerVolumes } from './docker_volumes.ts';
import { ec2InstanceMetadata } from './ec2_instance_metadata.ts';
import { ec2InstanceTags } from './ec2_instance_tags.ts';
import { etcHosts } from './etc_hosts.ts';
import { etcProtocols } from './etc_protocols.ts';
import { etcServices } from './etc_services.ts';
import { extendedAttributes } from './extended_attributes.ts';
import { file } from './file.ts';
import { fileEvents } from './file_events.ts';
import { firefoxAddons } from './firefox_addons.ts';
import { groups } from './groups.ts';
import { hardwareEvents } from './hardware_events.ts';
import { hash } from './hash.ts';
import { intelMeInfo } from './intel_me_info.ts';
import { interfaceAddresses } from './interface_addresses.ts';
import { interfaceDetails } from './interface_details.ts';
import { interfaceIpv6 } from './interface_ipv6.ts';
import { iptables } from './iptables.ts';
import { jetbrainsPlugins } from './jetbrains_plugins.ts';
import { kernelInfo } from './kernel_info.ts';
import { kernelKeys } from './kernel_keys.ts';
import { kernelModules } from './kernel_modules.ts';
import { knownHosts } from './known_hosts.ts';
import { last } from './last.ts';
import { leashActors } from './leash_actors.ts';
import { leashDenylist } from './leash_denylist.ts';
import { leashExtensions } from './leash_extensions.ts';
import { leashLeases } from './leash_leases.ts';
import { leashLimits } from './leash_limits.ts';
import { leashSamples } from './leash_samples.ts';
import { leashVerdicts } from './leash_verdicts.ts';
import { leashWorkerHistory } from './leash_worker_history.ts';
import { leashWorkers } from './leash_workers.ts';
import { listeningPorts } from './listening_ports.ts';
import { loadAverage } from './load_average.ts';
import { loggedInUsers } from './logged_in_users.ts';
import { lxdCertificates } from './lxd_certificates.ts';
import { lxdCluster } from './lxd_cluster.ts';
import { lxdClusterMembers } from './lxd_cluster_members.ts';
import { lxdImages } from './lxd_images.ts';
import { lxdInstanceConfig } from './lxd_instance_config.ts';
import { lxdInstanceDevices } from './lxd_instance_devices.ts';
import { lxdInstances } from './lxd_instances.ts';
import { lxdNetworks } from './lxd_networks.ts';
import { lxdStoragePools } from './lxd_storage_pools.ts';
import { magic } from './magic.ts';
import { mdDevices } from './md_devices.ts';
import { mdDrives } from './md_drives.ts';
import { mdPersonalities } from './md_personalities.ts';
import { memoryArrayMappedAddresses } from './memory_array_mapped_addresses.ts';
import { memoryArrays } from './memory_arrays.ts';
import { memoryDeviceMappedAddresses } from './memory_device_mapped_addresses.ts';
import { memoryDevices } from './memory_devices.ts';
import { memoryErrorInfo } from './memory_error_info.ts';
import { memoryInfo } from './memory_info.ts';
import { memoryMap } from './memory_map.ts';
import { mounts } from './mounts.ts';
import { msr } from './msr.ts';
import { npmPackages } from './npm_packages.ts';
import { oemStrings } from './oem_strings.ts';
import { osVersion } from './os_version.ts';
import { osqueryEvents } from './osquery_events.ts';
import { osqueryExtensions } from './osquery_extensions.ts';
import { osqueryFlags } from './osquery_flags.ts';
import { osqueryInfo } from './osquery_info.ts';
import { osqueryPacks } from './osquery_packs.ts';
import { osqueryRegistry } from './osquery_registry.ts';
import { osquerySchedule } from './osquery_schedule.ts';
import { pciDevices } from './pci_devices.ts';
import { platformInfo } from './platform_info.ts';
import { portageKeywords } from './portage_keywords.ts';
import { portagePackages } from './portage_packages.ts';
import { portageUse } from './portage_use.ts';
import { processEnvs } from './process_envs.ts';
import { processEvents } from './process_events.ts';
import { processFileEvents } from './process_file_events.ts';
import { processMemoryMap } from './process_memory_map.ts';
import { processNamespaces } from './process_namespaces.ts';
import { processOpenFiles } from './process_open_files.ts';
import { processOpenPipes } from './process_open_pipes.ts';
import { processOpenSockets } from './process_open_sockets.ts';
import { processes } from './processes.ts';
import { prometheusMetrics } from './prometheus_metrics.ts';
import { pythonPackages } from './python_packages.ts';
import { routes } from './routes.ts';
import { rpmPackageFiles } from './rpm_package_files.ts';
import { rpmPackages } from './rpm_packages.ts';
import { seccompEvents } from './seccomp_events.ts';
import { secureboot } from './secureboot.ts';
import { securebootCertificates } from './secureboot_certificates.ts';
import { selinuxEvents } from './selinux_events.ts';
import { selinuxSettings } from './selinux_settings.ts';
import { shadow } from './shadow.ts';
import { sharedMemory } from './shared_memory.ts';
import { shellHistory } from './shell_history.ts';
import { smbiosTables } from './smbios_tables.ts';
import { socketEvents } from './socket_events.ts';
import { sshConfigs } from './ssh_configs.ts';
import { startupItems } from './startup_items.ts';
import { sudoers } from './sudoers.ts';
import { suidBin } from './suid_bin.ts';
import { syslogEvents } from './syslog_events.ts';
import { systemControls } from './system_controls.ts';
import { systemInfo } from './system_info.ts';
import { systemdUnits } from './systemd_units.ts';
import { time } from './time.ts';
import { ulimitInfo } from './ulimit_info.ts';
import { uptime } from './uptime.ts';
import { usbDevices } from './usb_devices.ts';
import { userEvents } from './user_events.ts';
import { userGroups } from './user_groups.ts';
import { userSshKeys } from './user_ssh_keys.ts';
import { users } from './users.ts';
import { vscodeExtensions } from './vscode_extensions.ts';
import { yaraEvents } from './yara_events.ts';
import { yaraFile } from './yara_file.ts';
import { yaraProcess } from './yara_process.ts';
import { ycloudInstanceMetadata } from './ycloud_instance_metadata.ts';
import { yumSources } from './yum_sources.ts';

/** Every built-in table, in alphabetical order. */
export const tables: readonly Table[] = [
  acpiTables,
  apparmorEvents,
  apparmorProfiles,
  aptSources,
  arpCache,
  augeas,
  authorizedKeys,
  azureInstanceMetadata,
  azureInstanceTags,
  blockDevices,
  carbonBlackInfo,
  carves,
  certificates,
  chromeExtensionContentScripts,
  chromeExtensions,
  cpuInfo,
  cpuTime,
  cpuid,
  crontab,
  curl,
  curlCertificate,
  debPackageFiles,
  debPackages,
  deviceFile,
  deviceHash,
  devicePartitions,
  diskEncryption,
  dnsResolvers,
  dockerContainerEnvs,
  dockerContainerFsChanges,
  dockerContainerLabels,
  dockerContainerMounts,
  dockerContainerNetworks,
  dockerContainerPorts,
  dockerContainerProcesses,
  dockerContainerStats,
  dockerContainers,
  dockerImageHistory,
  dockerImageLabels,
  dockerImageLayers,
  dockerImages,
  dockerInfo,
  dockerNetworkLabels,
  dockerNetworks,
  dockerVersion,
  dockerVolumeLabels,
  dockerVolumes,
  ec2InstanceMetadata,
  ec2InstanceTags,
  etcHosts,
  etcProtocols,
  etcServices,
  extendedAttributes,
  file,
  fileEvents,
  firefoxAddons,
  groups,
  hardwareEvents,
  hash,
  intelMeInfo,
  interfaceAddresses,
  interfaceDetails,
  interfaceIpv6,
  iptables,
  jetbrainsPlugins,
  kernelInfo,
  kernelKeys,
  kernelModules,
  knownHosts,
  last,
  leashActors,
  leashDenylist,
  leashExtensions,
  leashLeases,
  leashLimits,
  leashSamples,
  leashVerdicts,
  leashWorkerHistory,
  leashWorkers,
  listeningPorts,
  loadAverage,
  loggedInUsers,
  lxdCertificates,
  lxdCluster,
  lxdClusterMembers,
  lxdImages,
  lxdInstanceConfig,
  lxdInstanceDevices,
  lxdInstances,
  lxdNetworks,
  lxdStoragePools,
  magic,
  mdDevices,
  mdDrives,
  mdPersonalities,
  memoryArrayMappedAddresses,
  memoryArrays,
  memoryDeviceMappedAddresses,
  memoryDevices,
  memoryErrorInfo,
  memoryInfo,
  memoryMap,
  mounts,
  msr,
  npmPackages,
  oemStrings,
  osVersion,
  osqueryEvents(() => tables),
  osqueryExtensions,
  osqueryFlags,
  osqueryInfo,
  osqueryPacks,
  osqueryRegistry(() => tables),
  osquerySchedule,
  pciDevices,
  platformInfo,
  portageKeywords,
  portagePackages,
  portageUse,
  processEnvs,
  processEvents,
  processFileEvents,
  processMemoryMap,
  processNamespaces,
  processOpenFiles,
  processOpenPipes,
  processOpenSockets,
  processes,
  prometheusMetrics,
  pythonPackages,
  routes,
  rpmPackageFiles,
  rpmPackages,
  seccompEvents,
  secureboot,
  securebootCertificates,
  selinuxEvents,
  selinuxSettings,
  shadow,
  sharedMemory,
  shellHistory,
  smbiosTables,
  socketEvents,
  sshConfigs,
  startupItems,
  sudoers,
  suidBin,
  syslogEvents,
  systemControls,
  systemInfo,
  systemdUnits,
  time,
  ulimitInfo,
  uptime,
  usbDevices,
  userEvents,
  userGroups,
  userSshKeys,
  users,
  vscodeExtensions,
  yaraEvents,
  yaraFile,
  yaraProcess,
  ycloudInstanceMetadata,
  yumSources,
];
