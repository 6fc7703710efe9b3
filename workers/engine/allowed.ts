const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** PRAGMAs that a query may use, in both forms (osquery's list). */
export const allowedPragmas: ReadonlySet<string> = new Set(
  words('table_info table_xinfo function_list journal_mode case_sensitive_like collation_list'),
);

/**
 * SQLite's own functions that a query may call. Everything else is denied: whatever loads, logs, reads the
 * database's pages, belongs to an index extension, or is new in a later SQLite.
 */
export const allowedFunctions: ReadonlySet<string> = new Set(
  words(`
    -> ->> abs avg char coalesce count cume_dist current_date current_time current_timestamp date datetime
    dense_rank first_value format glob group_concat hex if ifnull iif instr lag last_value lead length like
    likelihood likely lower ltrim max median min nth_value ntile nullif octet_length percent_rank percentile
    percentile_cont percentile_disc printf quote random randomblob rank replace round row_number rtrim sign
    soundex string_agg strftime substr substring sum time timediff total trim typeof unhex unicode unistr
    unistr_quote unixepoch julianday unlikely upper zeroblob
    changes last_insert_rowid total_changes sqlite_version sqlite_source_id sqlite_compileoption_get
    sqlite_compileoption_used
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow
    power radians sin sinh sqrt tan tanh trunc
    json json_array json_array_insert json_array_length json_each json_error_position json_extract
    json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote json_remove
    json_replace json_set json_tree json_type json_valid jsonb jsonb_array jsonb_array_insert jsonb_extract
    jsonb_group_array jsonb_group_object jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace
    jsonb_set subtype
  `),
);
