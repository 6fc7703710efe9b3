import type { PathFacts } from '../../protocol/path-facts.ts';
import type { ProgramFacts } from '../../protocol/program-facts.ts';
import { type Check, octal, shellWord } from '../path-safety/check.ts';
import { judgeTrail, othersWrite, type TrailRule } from '../path-safety/judge-trail.ts';
import type { ExtensionRule, ExtensionRules } from './judge-extension.ts';
import { type ChainProgram, isRunnable } from './next-programs.ts';
import { programFormat } from './shebang.ts';

/**
 * For a file that is executed. Hard links are no rule: owner, mode and content belong to the inode, so another name
 * of it gives nobody a right that this one does not.
 */
const programRule: TrailRule = {
  kind: 'file',
  rootToo: true,
  forbidden: othersWrite,
  mend: 'go-w',
  way: 'strict',
  links: 'followed',
};

const ownerExecutes = 0o100;
const privileged = 0o6000;

/** Holds every rule against one program of the chain. */
export const judgeProgram = (
  program: ChainProgram,
  rules: ExtensionRules,
): readonly Check<ExtensionRule>[] => {
  const { role, facts } = program;
  const { trail } = facts;
  const way = judgeTrail(trail, rules.uid, programRule);
  if (role === 'candidate' && !isRunnable(facts)) {
    // env(1) passes over what it cannot execute: only the directories matter.
    const end = trail.end.reached ? trail.end.facts.path : undefined;
    return way.filter(({ rule, component }) => rule !== 'reached' && component !== end);
  }
  if (role === 'manifest') {
    const file = trail.end.reached && trail.end.facts.kind === 'file' ? trail.end.facts : undefined;
    return [...way, ...(file === undefined ? [] : judgeReading(facts, file))];
  }
  return [
    ...(role === 'extension' && rules.nameRule ? [judgeName(trail.path)] : []),
    ...way,
    ...(trail.end.reached && trail.end.facts.kind === 'file' ? judgeFile(program, trail.end.facts) : []),
  ];
};

const judgeName = (path: string): Check<ExtensionRule> => ({
  rule: 'name',
  path,
  component: path,
  passed: path.endsWith('.ext'),
  actual: `the name ${path.slice(path.lastIndexOf('/') + 1)}`,
  required: 'a name that ends in .ext',
  remedy: `rename it, or make a link: ln -s ${shellWord(path)} ${shellWord(`${path}.ext`)}`,
});

const judgeFile = ({ facts }: ChainProgram, file: PathFacts): readonly Check<ExtensionRule>[] => {
  const { head, mayExecute, trail } = facts;
  const about = { path: trail.path, component: file.path };
  const word = shellWord(file.path);
  const { mount } = file;
  return [
    {
      ...about,
      rule: 'privileges',
      passed: (file.mode & privileged) === 0,
      actual: `mode ${octal(file.mode)}`,
      required: 'neither setuid nor setgid',
      remedy: `chmod ug-s ${word}`,
    },
    {
      ...about,
      rule: 'noexec',
      passed: mount?.noexec !== true,
      actual:
        mount?.noexec === true ? `${mount.mountPoint} is mounted noexec` : 'on a mount that allows execution',
      required: 'a mount that allows execution',
      remedy: 'keep it on another file system',
    },
    {
      ...about,
      rule: 'executable',
      passed: (file.mode & ownerExecutes) !== 0 && mayExecute,
      actual: mayExecute
        ? `mode ${octal(file.mode)}`
        : `mode ${octal(file.mode)}, not executable by this user`,
      required: 'executable by its owner and by the daemon',
      remedy: `chmod a+rx ${word}`,
    },
    ...judgeReading(facts, file),
    ...(head === undefined ? [] : [judgeFormat(trail.path, file.path, head)]),
  ];
};

/** What was read is what was judged. */
const judgeReading = (
  { head, same, trail }: ProgramFacts,
  file: PathFacts,
): readonly Check<ExtensionRule>[] => {
  const about = { path: trail.path, component: file.path };
  const word = shellWord(file.path);
  return [
    {
      ...about,
      rule: 'readable',
      passed: head !== undefined,
      actual: head === undefined ? 'not readable by this user' : 'readable',
      required: 'readable by the daemon',
      remedy: `chmod a+r ${word}`,
    },
    {
      ...about,
      rule: 'unchanged',
      passed: same,
      actual: same
        ? 'the file that was opened is the one that was judged'
        : 'replaced or changed while it was looked at',
      required: 'the same file throughout',
      remedy: 'try again when nobody writes it',
    },
  ];
};

/** What is neither would be handed to /bin/sh by execvp(3). */
const judgeFormat = (path: string, component: string, head: Uint8Array): Check<ExtensionRule> => {
  const format = programFormat(head);
  const about = {
    rule: 'format',
    path,
    component,
    required: 'an ELF program, or a script that begins with #!/',
  } as const;
  switch (format.kind) {
    case 'elf':
      return { ...about, passed: true, actual: 'an ELF program', remedy: '' };
    case 'script': {
      const { interpreter, argument } = format;
      const actual = `a script for ${interpreter}${argument === undefined ? '' : ` ${argument}`}`;
      return { ...about, passed: true, actual, remedy: '' };
    }
    case 'bad_script':
      return { ...about, passed: false, actual: format.why, remedy: format.remedy };
    case 'unknown':
      return {
        ...about,
        passed: false,
        actual: 'neither an ELF program nor a script',
        remedy: 'name its interpreter in a first line that begins with #!',
      };
  }
};
