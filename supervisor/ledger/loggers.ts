import type { ResultLog, SpoolSink } from '../../platform/results-store.ts';
import type { Flags } from '../config/flags.ts';

/** The logger that writes files. */
export const fileLogger = 'filesystem';

/** What loggers take, in the order of their files. */
export const resultLogs: readonly ResultLog[] = ['results', 'snapshots'];

/** The sink of a log's file. Each file has a pace of its own: one that cannot be written holds up no other. */
export const fileSink = (log: ResultLog): string => `${fileLogger}:${log}`;

/** The sink of a logger plugin. Its lines keep one order over all logs. */
export const pluginSink = (logger: string): string => `extension:${logger}`;

/** The loggers that `logger_plugin` names, once each. */
export const loggersOf = (flags: Flags): readonly string[] => [...new Set(flags.names('logger_plugin'))];

/** Those of them that an extension has to bring. */
export const pluginLoggers = (loggers: readonly string[]): readonly string[] =>
  loggers.filter((name) => name !== fileLogger);

/** Who takes lines off the spool for these loggers. */
export const spoolSinks = (loggers: readonly string[]): readonly SpoolSink[] => [
  ...(loggers.includes(fileLogger) ? resultLogs.map((log) => ({ name: fileSink(log), logs: [log] })) : []),
  ...pluginLoggers(loggers).map((logger) => ({ name: pluginSink(logger), logs: resultLogs })),
];

/** What a person calls a sink. */
export const describeSink = (sink: string): string =>
  sink.startsWith('extension:')
    ? `logger '${sink.slice('extension:'.length)}'`
    : `the log of ${sink.slice(fileLogger.length + 1)}`;
