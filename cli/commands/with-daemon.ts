import type { Result } from '../../protocol/result.ts';
import { type CommandIo, complain } from '../command-io.ts';
import type { ControlFailure, DaemonClient } from '../control-client.ts';
import { type Openers, openDaemon } from '../query-service.ts';

/** Asks the daemon one thing and prints the answer in the words that `words` finds; gives the exit code. */
export const withDaemon = async <T>(
  control: string | undefined,
  { io, openers }: { readonly io: CommandIo; readonly openers: Openers },
  call: (daemon: DaemonClient) => Promise<Result<T, ControlFailure>>,
  words: (value: T) => string,
): Promise<number> => {
  const client = await openDaemon(control, openers);
  if (!client.ok) return complain(io, client.error.message);
  const answer = await call(client.value);
  await client.value.close();
  if (!answer.ok) return complain(io, answer.error.message);
  io.out(words(answer.value));
  return 0;
};
