import type { QueryService } from '../protocol/control.ts';

/** Whoever sends these means this process alone; Ctrl-C (SIGINT) goes to its workers as well. */
const signals = ['SIGTERM', 'SIGHUP'] as const;

/**
 * Lets a program that has a supervisor of its own end its workers before a signal ends it: one that is stuck in a
 * single operation of SQLite would compute on, since it cannot see that its supervisor is gone. Then the signal is
 * raised again, so that whoever waits for this process is told how it ended. Gives the service with a `close` that
 * stops listening.
 */
export const endOnSignal = (service: QueryService): QueryService => {
  const end = (signal: NodeJS.Signals): void => {
    forget();
    void service.close().finally(() => process.kill(process.pid, signal));
  };
  const forget = (): void => {
    for (const signal of signals) process.off(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  return {
    query: (sql, listener, wish) => service.query(sql, listener, wish),
    close: () => {
      forget();
      return service.close();
    },
  };
};
