/**
 * What travels between the daemon and its extensions, in the terms of osquery's `osquery.thrift`. Strings come from
 * other programs: names are keys of maps, never of objects.
 */

/** Argument of a plugin call. */
export type PluginRequest = ReadonlyMap<string, string>;

/** The same as it is sent: bytes are UTF-8, of texts so long that encoding them takes time. */
export type SentRequest = ReadonlyMap<string, string | Uint8Array>;

/** One map of a plugin's answer; of a table plugin one row. */
export type PluginRow = ReadonlyMap<string, string>;

/** A plugin's answer. */
export type PluginResponse = readonly PluginRow[];

/** A row as it comes from a table; columns that were asked for as bytes are bytes. */
export type WireRow = ReadonlyMap<string, string | Uint8Array>;

/** Codes of a status. `call` may answer any other number: that is the plugin's own. */
export const extensionCodes = { success: 0, failed: 1, fatal: 2 } as const;

/** How a call went. */
export interface ExtensionStatus {
  /** 0 is success, see `extensionCodes`. */
  readonly code: number;
  readonly message: string;
  /**
   * Route of an extension; 0 for the daemon and where it means nothing. A 64-bit number on the wire: one beyond 2^53
   * loses digits here, and is no route of ours, which have 16 bits.
   */
  readonly uuid: number;
}

/** Answer of `call`, `query` and `getQueryColumns`: rows only when the code is 0. */
export interface ExtensionResponse {
  readonly status: ExtensionStatus;
  readonly response: PluginResponse;
}

/** What an extension says about itself. Every string may be empty. */
export interface ExtensionInfo {
  readonly name: string;
  readonly version: string;
  readonly sdkVersion: string;
  readonly minSdkVersion: string;
}

/** A flag of the daemon. */
export interface ExtensionOption {
  readonly value: string;
  readonly defaultValue: string;
  readonly type: string;
}

/** Plugins of one registry by name, each with its route info. */
export type RouteTable = ReadonlyMap<string, PluginResponse>;

/** Everything that an extension brings: routes by the registry's name. */
export type RegistryRoutes = ReadonlyMap<string, RouteTable>;

/** Registries that the daemon knows; an extension that names another one is refused. */
export const registryNames = [
  'table',
  'config',
  'logger',
  'distributed',
  'config_parser',
  'database',
  'enroll',
  'event_publisher',
  'event_subscriber',
  'numeric_monitoring',
  'sql',
] as const;

export type RegistryName = (typeof registryNames)[number];

/** A status of success, as the daemon words it. */
export const succeeded = (uuid = 0): ExtensionStatus => ({
  code: extensionCodes.success,
  message: 'OK',
  uuid,
});

/** A status of failure. */
export const failedWith = (message: string, uuid = 0): ExtensionStatus => ({
  code: extensionCodes.failed,
  message,
  uuid,
});

/** The answer of a call that failed. */
export const failedResponse = (message: string): ExtensionResponse => ({
  status: failedWith(message),
  response: [],
});
