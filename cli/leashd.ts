import { readTextFile } from '../platform/node/text-file.ts';
import type { DaemonEvent } from '../protocol/daemon-event.ts';
import { parseArguments } from '../supervisor/config/flags.ts';
import { startDaemon } from '../supervisor/daemon.ts';
import { statusLine } from '../supervisor/status-line.ts';
import { thisCaller } from './caller.ts';
import { complain, complainOfBug, processIo } from './command-io.ts';
import { flagAnswer } from './flag-answer.ts';
import { glogLine } from './glog-line.ts';
import { oneShotFlags } from './one-shot-flags.ts';

/** osquery's EXIT_CATASTROPHIC: starting again alone does not help. */
const catastrophic = 78;

const io = processIo();

/** leashd: osqueryd's place in a service file. Says on standard error what its status log says. */
const main = async (): Promise<void> => {
  const parsed = parseArguments(process.argv.slice(2), readTextFile);
  if (!parsed.ok) return refuse(parsed.error.message);
  const { flags } = parsed.value;
  const answer = flagAnswer('leashd', flags);
  if (answer !== undefined) {
    io.out(answer);
    return;
  }
  const done = oneShotFlags(flags, io);
  if (done !== undefined) {
    process.exitCode = done;
    return;
  }
  // The default action would end a daemon that somebody asks to read its config again while it starts.
  let reload = (): void => {};
  process.on('SIGHUP', () => reload());
  const started = await startDaemon({
    flags,
    caller: thisCaller(),
    emit: report,
  });
  if (!started.ok)
    return refuse(started.error.message, started.error.reason === 'missing_plugin' ? catastrophic : 1);
  reload = () => void started.value.reload();
  const stop = (): void => {
    started.value.stop().then(
      () => process.exit(0),
      (error: unknown) => refuse(`Leash did not stop in order: ${String(error)}`),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

const report = (event: DaemonEvent): void => {
  const line = statusLine(event);
  if (line !== undefined) io.err(`${glogLine(line.severity, line.message, process.pid)}\n`);
};

const refuse = (message: string, code = 1): void => {
  complain(io, message);
  process.exit(code);
};

await main().catch((error: unknown) => process.exit(complainOfBug(io, error)));
