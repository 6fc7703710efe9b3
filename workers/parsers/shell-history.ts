/** A line of a shell's history. */
export interface HistoryEntry {
  /** When the command was run, Unix seconds; 0 when the shell did not say. */
  readonly time: number;
  readonly command: string;
}

/**
 * Reads a history file. bash writes `#<time>` on a line before the command if HISTTIMEFORMAT is set (bash(1)), zsh
 * `: <time>:<seconds>;<command>` if EXTENDED_HISTORY is (zshoptions(1)). Every other line is a command, also the
 * second and later lines of one that spans several. Blanks stay, since shells may keep quiet about what begins with one; a
 * line of blanks is no command, and a time at the end that no command follows is left out.
 */
export const parseShellHistory = function* (content: string): Generator<HistoryEntry> {
  let bashTime: number | undefined;
  for (const each of content.split('\n')) {
    const line = each.replace(/\r$/, '');
    if (line.trim() === '') continue;
    const bash = /^#(\d{1,15})$/.exec(line)?.[1];
    if (bashTime === undefined && bash !== undefined) {
      bashTime = Number(bash);
      continue;
    }
    const [, zshTime, command] = /^: {0,10}(\d{1,11}):\d+;(.*)$/s.exec(line) ?? [];
    if (bashTime !== undefined) yield { time: bashTime, command: line };
    else yield { time: Number(zshTime ?? 0), command: command ?? line };
    bashTime = undefined;
  }
};
