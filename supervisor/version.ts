/** Version of Leash itself; a test compares it with package.json. */
export const leashVersion = '0.1.0';

/** The osquery whose tables and behaviour Leash follows: what `version` in queries and packs is compared with. */
export const osqueryVersion = '5.19.0';
