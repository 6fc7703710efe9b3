/**
 * Starts an extension as the daemon does: `start-checked.ts FILE ARGUMENT…`. Ends it when it is told to end itself
 * (SIGTERM), and says then on standard error, as JSON, how that went.
 */
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import type { ProgramExit } from '../../../platform/program-host.ts';
import { startChecked } from '../../../supervisor/extensions/open-checked.ts';

const [path = '', ...args] = process.argv.slice(2);
const exit = Promise.withResolvers<ProgramExit>();
const { started } = await startChecked(
  nodeProgramHost,
  path,
  { uid: process.getuid?.() ?? 0, nameRule: true, allowUnsafe: false },
  { args, store: '', supervisorPid: process.pid, mark: 'test', timeZone: undefined, exited: exit.resolve },
);
if (started.ok) {
  process.once('SIGTERM', () => started.value.signalGroup('SIGKILL'));
  // A promise alone keeps no process alive.
  const alive = setInterval(() => {}, 60_000);
  const { code, signal, outputTail } = await exit.promise;
  clearInterval(alive);
  process.stderr.write(JSON.stringify({ code, signal, outputTail }));
} else process.stderr.write(JSON.stringify({ refused: started.error.message }));
process.exit(0);
