import { join } from 'node:path';
import { nodeClock } from '../../platform/node/clock.ts';
import { Flags } from '../../supervisor/config/flags.ts';
import { startDaemon } from '../../supervisor/daemon.ts';
import { privateState, thisCaller } from '../caller.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { LiveView } from '../live/live-view.ts';
import { packageFile } from '../package-files.ts';

/** `leash start`: a daemon that shows what it does, until Ctrl-C. */
export const start = async (io: CommandIo): Promise<number> => {
  const caller = thisCaller();
  const state = privateState(caller);
  let flags = new Flags();
  // A checkout's files have the rights of the caller's umask; the bundled config is as trusted as the code beside it.
  for (const [name, value] of [
    ['config_path', packageFile('packs/default.json')],
    ['database_path', state],
    ['logger_path', join(state, 'log')],
    ['allow_unsafe', 'true'],
  ] as const) {
    const set = flags.with(name, value, 'command line');
    if (!set.ok) return complain(io, set.error.message);
    flags = set.value;
  }
  const view = new LiveView(io, nodeClock, () => process.memoryUsage.rss());
  const started = await startDaemon({ flags, caller, emit: (event) => view.show(event) });
  if (!started.ok) {
    view.end();
    return complain(io, started.error.message);
  }
  view.say(`Results go to ${started.value.paths.logs}. Ctrl-C ends it.`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await started.value.stop();
  view.end();
  return 0;
};
