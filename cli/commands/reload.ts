import type { ReloadReport } from '../../protocol/reload.ts';
import { type CommandIo, complain } from '../command-io.ts';
import { terminalText } from '../output/terminal-text.ts';
import { type Openers, openDaemon } from '../query-service.ts';

/** `leash reload [--json]`: the daemon reads its config again. Exit code 1 when it refuses what it found. */
export const reload = async (
  { control, json }: { readonly control: string | undefined; readonly json: boolean },
  io: CommandIo,
  openers: Openers,
): Promise<number> => {
  const client = await openDaemon(control, openers);
  if (!client.ok) return complain(io, client.error.message);
  const answer = await client.value.reload();
  await client.value.close();
  if (!answer.ok) return complain(io, answer.error.message);
  io.out(json ? `${JSON.stringify(answer.value, null, 2)}\n` : describe(answer.value));
  return answer.value.outcome === 'refused' ? 1 : 0;
};

const describe = ({ summary, problems, added, changed, removed }: ReloadReport): string =>
  [
    ...problems,
    ...Object.entries({ added, changed, removed }).flatMap(([what, names]) =>
      names.map((name) => `${what}  ${name}`),
    ),
    summary,
  ]
    .map((line) => `${terminalText(line)}\n`)
    .join('');
