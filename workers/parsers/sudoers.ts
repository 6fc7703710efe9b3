import { textLines } from './text-lines.ts';

/** A line of a sudoers file: a rule or setting, or an instruction to read others. */
export interface SudoersLine {
  readonly kind: 'rule' | 'include' | 'includedir';
  /** First word of a rule; else the instruction without its mark. */
  readonly header: string;
  /** The rest with single blanks; of an instruction the path as written, without quotes. */
  readonly rule_details: string;
}

/**
 * Reads a sudoers file (sudoers(5)). A backslash at its end continues a line on the next. `#` begins a comment, but
 * `#include` and `#includedir` are older forms of `@include`, and `#` with a number is the user of that uid, whose
 * rule must not be missed.
 */
export const parseSudoers = (content: string): SudoersLine[] =>
  textLines(content.replace(/\\\r?\n/g, ' ')).flatMap((line): SudoersLine[] => {
    const [, instruction, path = ''] = /^[#@](include|includedir)[ \t]+(.+)$/.exec(line) ?? [];
    if (instruction === 'include' || instruction === 'includedir') {
      return [{ kind: instruction, header: instruction, rule_details: unquoted(path) }];
    }
    if (/^#(?!\d)/.test(line)) return [];
    const [header = '', ...words] = line.split(/\s+/);
    return [{ kind: 'rule', header, rule_details: words.join(' ') }];
  });

const unquoted = (path: string): string => path.replace(/^"(.*)"$/, '$1').replaceAll('\\ ', ' ');
