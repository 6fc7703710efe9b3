/** Version of Leash itself; a test compares it with package.json. */
export const leashVersion = '0.1.0';

/**
 * The first osquery with all tables that Leash has (yara_process and secureboot_certificates came last): what `version` in
 * queries and packs is compared with.
 */
export const osqueryVersion = '5.23.0';
