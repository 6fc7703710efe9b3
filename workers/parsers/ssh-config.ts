import { textLines } from './text-lines.ts';

/** An option of ssh's configuration, in lower case as osquery shows it. */
export interface SshOption {
  /** The `host` or `match` line that it stands under; '' above the first. */
  readonly block: string;
  readonly option: string;
}

/** Reads a file of ssh's configuration (ssh_config(5)). `Include` is an option like the others: it is not followed. */
export const parseSshConfig = function* (content: string): Generator<SshOption> {
  let block = '';
  for (const line of textLines(content)) {
    if (line.startsWith('#')) continue;
    const option = line.toLowerCase();
    if (/^(host|match)[\s=]/.test(option)) block = option;
    else yield { block, option };
  }
};
