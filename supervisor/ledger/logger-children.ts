import type { ActorRef, ChildSpec } from '../../actors/types.ts';
import { type LoggerSinkDeps, type LoggerSinkMessage, loggerSink } from './logger-sink.ts';

/** Loggers that extensions bring. */
export interface LoggerOptions extends Pick<LoggerSinkDeps, 'plugins' | 'statuses' | 'hostIdentifier'> {
  readonly names: readonly string[];
}

/** Actors of logger plugins, as children of a supervisor, and how they are told. */
export interface LoggerChildren {
  readonly specs: readonly Omit<ChildSpec, 'restart' | 'backoff'>[];
  /** Lines were spooled. */
  spooled(): void;
}

/** One actor a logger plugin: one that hangs holds up no other. */
export const loggerChildren = (
  options: LoggerOptions | undefined,
  deps: Pick<LoggerSinkDeps, 'ledger' | 'book' | 'emit'>,
): LoggerChildren => {
  const actors = new Map<string, ActorRef<LoggerSinkMessage>>();
  if (options === undefined) return { specs: [], spooled: () => undefined };
  return {
    specs: options.names.map((name, index) => ({
      // A plugin's name may hold what an actor's name may not.
      id: `logger_${index + 1}`,
      start: (context) => {
        const actor = context.spawn(loggerSink({ ...options, ...deps, name }));
        actors.set(name, actor);
        return actor;
      },
    })),
    spooled: () => {
      for (const actor of actors.values()) actor.tell({ type: 'spooled' });
    },
  };
};
