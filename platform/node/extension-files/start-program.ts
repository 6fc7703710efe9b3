import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fail, ok, type Result } from '../../../protocol/result.ts';
import type { ProgramStart, StartedProgram, StartFailure } from '../../program-host.ts';
import { workerEnvironment } from '../orphans.ts';
import { identify } from '../process-identity.ts';
import { closeInheritedDescriptors } from './inherited-descriptors.ts';
import { OutputTail } from './output-tail.ts';
import { gainedPrivileges } from './privileges.ts';

/** Where the checked file stands in a process that is started through it: the first place after standard error. */
const checkedDescriptor = 3;

/**
 * Starts a program in a session of its own, with nothing of ours but its output: what stands at `path`, or the file
 * behind `descriptor` under that name.
 */
export const startProgram = async (
  path: string,
  descriptor: number | undefined,
  options: ProgramStart,
): Promise<Result<StartedProgram, StartFailure>> => {
  const { by, runAs, exited } = options;
  if (by === 'descriptor' && descriptor === undefined) return notStarted(path, 'it could not be opened');
  closeInheritedDescriptors();
  let child: ChildProcess;
  try {
    child = spawn(by === 'path' ? path : `/proc/self/fd/${checkedDescriptor}`, [...options.args], {
      argv0: path,
      cwd: '/',
      // A session and a process group of its own (setsid(2)).
      detached: true,
      env: { ...options.environment, ...workerEnvironment(options.store) },
      stdio: ['ignore', 'pipe', 'pipe', ...(by === 'path' || descriptor === undefined ? [] : [descriptor])],
      // With another user libuv drops every supplementary group before it changes over.
      ...(runAs === undefined ? {} : runAs),
    });
    await once(child, 'spawn');
  } catch (error) {
    return notStarted(path, error instanceof Error ? error.message : String(error));
  }
  // A signal that cannot be sent; its sender is told by `signalGroup`.
  child.on('error', () => undefined);
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined || child.stdout === null || child.stderr === null) {
    child.kill('SIGKILL');
    return notStarted(path, 'it was gone at once');
  }
  const tail = new OutputTail([child.stdout, child.stderr]);
  let ended = false;
  const signalGroup = (signal: NodeJS.Signals): boolean => {
    // Until its exit was told the leader is ours, dead or alive, so the number of its group cannot be another's.
    if (ended) return false;
    try {
      return process.kill(-identity.pid, signal);
    } catch {
      return false;
    }
  };
  const gained = options.mayGainPrivileges
    ? undefined
    : gainedPrivileges(identity.pid, runAs?.uid ?? process.geteuid?.() ?? 0);
  if (gained !== undefined) {
    signalGroup('SIGKILL');
    tail.close();
    const message = `${path} was ended at once: ${gained}. To mend it: setcap -r ${path}, or chmod ug-s ${path}.`;
    return fail({ reason: 'gained_privileges', message });
  }
  child.once('exit', (code, signal) => {
    ended = true;
    // Descendants may hold the pipes open for ever; what the program itself wrote is there after one turn of the loop.
    const tell = (): void => {
      tail.close();
      exited({ code, signal, outputTail: tail.text() });
    };
    setImmediate(() => setImmediate(tell));
  });
  return ok({ identity, outputTail: () => tail.text(), signalGroup });
};

const notStarted = (path: string, why: string): Result<never, StartFailure> =>
  fail({ reason: 'not_started', message: `${path} cannot be started: ${why}.` });
