const names = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The best known of osquery's tables that exist on other systems only, by the system. */
const byPlatform: readonly (readonly [string, readonly string[]])[] = [
  [
    'Windows',
    names(`
      appcompat_shims authenticode autoexec background_activities_moderator bitlocker_info chassis_info
      chocolatey_packages connectivity default_environment deviceguard_status disk_info dns_cache drivers
      hvci_status ie_extensions
      kva_speculative_info logical_drives logon_sessions ntdomains ntfs_acl_permissions ntfs_journal_events
      office_mru patches pipes physical_disk_performance powershell_events prefetch process_etw_events programs
      registry scheduled_tasks security_profile_info services shared_resources shellbags shimcache tpm_info userassist video_info windows_crashes
      windows_eventlog windows_events windows_firewall_rules windows_optional_features windows_search
      windows_security_center windows_security_products windows_update_history winbaseobj wmi_bios_info wmi_cli_event_consumers
      wmi_event_filters wmi_filter_consumer_binding wmi_script_event_consumers
    `),
  ],
  [
    'macOS',
    names(`
      account_policy_data ad_config alf alf_exceptions alf_explicit_auths app_schemes apps asl
      authorization_mechanisms authorizations browser_plugins connected_displays crashes cups_destinations
      cups_jobs device_firmware disk_encryption_macos disk_events es_process_events
      es_process_file_events event_taps fan_speed_sensors gatekeeper
      gatekeeper_approved_apps homebrew_packages ibridge_info iokit_devicetree iokit_registry
      kernel_extensions kernel_panics keychain_acls keychain_items launchd launchd_overrides location_services
      managed_policies mdfind mdls nfs_shares nvram package_bom package_install_history package_receipts
      password_policy plist power_sensors preferences quicklook_cache running_apps safari_extensions sandboxes
      screenlock shared_folders sharing_preferences signature sip_config smc_keys system_extensions
      temperature_sensors time_machine_backups time_machine_destinations unified_log user_interaction_events
      virtual_memory_info
      wifi_networks wifi_status wifi_survey xprotect_entries xprotect_meta xprotect_reports
    `),
  ],
  ['macOS and Windows', names('battery')],
  ['FreeBSD', names('fbsd_kmods pkg_packages')],
];

/** The system on which osquery has a table of this name, where it has none on Linux; undefined for other names. */
export const platformOfTable = (name: string): string | undefined =>
  byPlatform.find(([, tables]) => tables.includes(name))?.[0];
