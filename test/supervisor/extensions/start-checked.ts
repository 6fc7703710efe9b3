/**
 * Starts an extension as the daemon does: `start-checked.ts FILE SOCKET`. Ends it when its own standard input ends, and
 * says then, as JSON, how that went. A process of its own, since tap puts NODE_OPTIONS into every child of its.
 */
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import type { ProgramExit } from '../../../platform/program-host.ts';
import { startChecked } from '../../../supervisor/extensions/open-checked.ts';

const [path = '', socket = ''] = process.argv.slice(2);
const exit = Promise.withResolvers<ProgramExit>();
const { started } = await startChecked(
  nodeProgramHost,
  path,
  { uid: process.getuid?.() ?? 0, nameRule: true, allowUnsafe: false },
  {
    args: ['--socket', socket, '--timeout', '30', '--interval', '0.2'],
    store: '',
    supervisorPid: process.pid,
    mark: 'test',
    timeZone: undefined,
    exited: exit.resolve,
  },
);
if (started.ok) {
  process.stdin.once('end', () => started.value.signalGroup('SIGKILL'));
  process.stdin.resume();
  process.stdout.write(JSON.stringify(await exit.promise));
} else process.stdout.write(JSON.stringify({ refused: started.error.message }));
process.exit(0);
