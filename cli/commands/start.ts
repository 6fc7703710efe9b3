import { join } from 'node:path';
import type { DaemonEvent } from '../../protocol/daemon-event.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { startDaemon } from '../../supervisor/daemon.ts';
import { thisCaller } from '../caller.ts';
import { eventLine } from '../event-line.ts';
import { complain } from '../run-query.ts';

/** `leash start`: a daemon that shows what it does, until Ctrl-C. */
export const start = async (): Promise<number> => {
  const caller = thisCaller();
  const state = join(caller.stateHome ?? join(caller.home, '.local/state'), 'leash');
  const config = new URL('../packs/default.json', import.meta.url).pathname;
  let flags = new Flags();
  // A checkout's files have the rights of the caller's umask; the bundled config is as trusted as the code beside it.
  for (const [name, value] of [
    ['config_path', config],
    ['database_path', state],
    ['logger_path', join(state, 'log')],
    ['allow_unsafe', 'true'],
  ] as const) {
    const set = flags.with(name, value, 'command line');
    if (!set.ok) return complain(set.error.message);
    flags = set.value;
  }
  const show = (event: DaemonEvent): void =>
    void process.stdout.write(eventLine(event, process.stdout.isTTY));
  const started = await startDaemon({ flags, caller, emit: show });
  if (!started.ok) return complain(started.error.message);
  process.stdout.write(`Results go to ${started.value.paths.logs}. Ctrl-C ends it.\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await started.value.stop();
  return 0;
};
