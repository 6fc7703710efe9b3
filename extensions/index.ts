/** `leash/extension`: what an author of extensions writes with. docs/EXTENSIONS.md tells how. */
export type {
  Collation,
  Column,
  ColumnOptions,
  Columns,
  Constraint,
  ConstraintOperator,
  HostFacts,
  RowOf,
  TableQuery,
  TableValue,
} from '../protocol/table.ts';
export { bigint, blob, double, integer, text, unsignedBigint } from '../protocol/table.ts';
export type { Extension } from './extension.ts';
export type { Daemon, DaemonFailure } from './life/daemon.ts';
export type {
  ConfigPlugin,
  DistributedPlugin,
  DistributedQueries,
  DistributedResults,
  LoggerPlugin,
  Plugin,
  StatusLine,
} from './plugins/define-plugin.ts';
export { defineConfig, defineDistributed, defineLogger } from './plugins/define-plugin.ts';
export type { ExtensionRow, ExtensionTable, Refusal, WrittenRow } from './plugins/define-table.ts';
export { defineTable, refuse } from './plugins/define-table.ts';
export { type AskedScan, rowsOf } from './rows-of.ts';
export { type ServeOptions, serve } from './serve.ts';
