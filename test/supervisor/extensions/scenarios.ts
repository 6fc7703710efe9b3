import { chmodSync, lchownSync } from 'node:fs';
import type { ExtensionRules } from '../../../policies/extension-file/judge-extension.ts';
import { type Ground, otherUid } from './ground.ts';

/** One arrangement of files and what is to be said of it. */
export interface Scenario {
  readonly name: string;
  /** Needs chown, mknod or mount. */
  readonly needsRoot?: true;
  /** Makes the files; gives the path of the extension. */
  readonly make: (ground: Ground) => string;
  /** `rule component`, for a daemon of the user who made the files; empty: it may be started. */
  readonly refused: readonly string[];
  /** For a daemon of `otherUid`; absent: the same. */
  readonly refusedToOther?: readonly string[];
  readonly rules?: Partial<ExtensionRules>;
  /** Undoes what `make` did outside the ground. */
  readonly undo?: (ground: Ground) => void;
}

const strange = 1234;
const shell = (ground: Ground, name = 'x.ext'): string => ground.text(name, '#!/bin/sh\nexit 0\n');
const script =
  (line: string) =>
  (ground: Ground): string =>
    ground.text('x.ext', `${line}\nexit 0\n`);

const modes: readonly Scenario[] = (
  [
    [0o755, [], []],
    [0o555, [], []],
    [0o1755, [], []],
    [0o700, [], ['executable x.ext', 'readable x.ext']],
    [0o500, [], ['executable x.ext', 'readable x.ext']],
    [0o711, [], ['readable x.ext']],
    [0o744, [], ['executable x.ext']],
    [0o750, [], ['executable x.ext', 'readable x.ext']],
    [0o775, ['mode x.ext']],
    [0o757, ['mode x.ext']],
    [0o777, ['mode x.ext']],
    [0o1777, ['mode x.ext']],
    [0o644, ['executable x.ext']],
    [0o655, ['executable x.ext']],
    [0o666, ['executable x.ext', 'mode x.ext']],
    [0o4755, ['privileges x.ext']],
    [0o2755, ['privileges x.ext']],
    [0o6755, ['privileges x.ext']],
    [0o6777, ['mode x.ext', 'privileges x.ext']],
  ] as const
).map(([mode, refused, refusedToOther]) => ({
  name: `a program of mode ${mode.toString(8)}`,
  make: (ground) => ground.elf('x.ext', mode),
  refused,
  ...(refusedToOther === undefined ? {} : { refusedToOther }),
}));

const directories: readonly Scenario[] = (
  [
    [0o755, []],
    [0o1755, []],
    [0o2755, []],
    [0o711, []],
    [0o700, [], ['reached dir/x.ext']],
    [0o775, ['writable dir']],
    [0o757, ['writable dir']],
    [0o777, ['writable dir']],
    [0o2775, ['writable dir']],
    [0o1777, ['sticky dir']],
    [0o1775, ['sticky dir']],
  ] as const
).map(([mode, refused, refusedToOther]) => ({
  name: `in a directory of mode ${mode.toString(8)}`,
  make: (ground) => {
    ground.directory('dir', 0o755);
    const path = shell(ground, 'dir/x.ext');
    chmodSync(ground.at('dir'), mode);
    return path;
  },
  refused,
  ...(refusedToOther === undefined ? {} : { refusedToOther }),
}));

const owners: readonly Scenario[] = [
  {
    name: 'a file of another user',
    needsRoot: true,
    make: (ground) => ground.elf('x.ext', 0o755, strange),
    refused: ['owner x.ext'],
  },
  {
    name: "a file of the unprivileged daemon's user",
    needsRoot: true,
    make: (ground) => ground.elf('x.ext', 0o700, otherUid),
    refused: ['owner x.ext'],
    refusedToOther: [],
  },
  {
    name: 'a file of another group that may not write it',
    needsRoot: true,
    make: (ground) => ground.elf('x.ext', 0o755, 0, strange),
    refused: [],
  },
  {
    name: 'a directory of another user',
    needsRoot: true,
    make: (ground) => {
      ground.directory('dir', 0o755, strange);
      return shell(ground, 'dir/x.ext');
    },
    refused: ['owner dir'],
  },
  {
    name: "a directory of the unprivileged daemon's user",
    needsRoot: true,
    make: (ground) => {
      ground.directory('dir', 0o755, otherUid);
      return shell(ground, 'dir/x.ext');
    },
    refused: ['owner dir'],
    refusedToOther: [],
  },
  {
    name: 'far below a directory of another user',
    needsRoot: true,
    make: (ground) => {
      ground.directory('a', 0o755, strange);
      ground.directory('a/b');
      ground.directory('a/b/c');
      return shell(ground, 'a/b/c/x.ext');
    },
    refused: ['owner a'],
  },
  {
    name: 'far below a directory that everybody may write',
    make: (ground) => {
      ground.directory('a', 0o777);
      ground.directory('a/b');
      return shell(ground, 'a/b/x.ext');
    },
    refused: ['writable a'],
  },
  {
    name: 'everything wrong at once',
    needsRoot: true,
    make: (ground) => {
      ground.directory('a', 0o777, strange);
      return ground.text('a/x.sh', 'nothing', 0o4666, strange);
    },
    refused: [
      'executable a/x.sh',
      'format a/x.sh',
      'mode a/x.sh',
      'name a/x.sh',
      'owner a',
      'owner a/x.sh',
      'privileges a/x.sh',
      'writable a',
    ],
  },
];

const names: readonly Scenario[] = [
  ...['x.sh', 'x.EXT', 'x', 'x.ext.bak', 'x.mjs'].map(
    (name): Scenario => ({
      name: `the name ${name}`,
      make: (ground) => shell(ground, name),
      refused: [`name ${name}`],
    }),
  ),
  { name: 'the name .ext', make: (ground) => shell(ground, '.ext'), refused: [] },
  { name: 'a name with spaces and quotes', make: (ground) => shell(ground, "it's a x.ext"), refused: [] },
  {
    name: 'any name, when it was named by hand',
    make: (ground) => shell(ground, 'x.sh'),
    refused: [],
    rules: { nameRule: false },
  },
  {
    name: 'JavaScript by a link of the right name',
    make: (ground) => {
      shell(ground, 'hello.mjs');
      return ground.link('hello.ext', 'hello.mjs');
    },
    refused: [],
  },
];

const links: readonly Scenario[] = [
  {
    name: 'a link beside its file',
    make: (ground) => {
      shell(ground, 'real.ext');
      return ground.link('x.ext', 'real.ext');
    },
    refused: [],
  },
  {
    name: 'a link that goes up and down',
    make: (ground) => {
      ground.directory('a');
      ground.directory('b');
      shell(ground, 'b/real.ext');
      return ground.link('a/x.ext', '.././b//real.ext');
    },
    refused: [],
  },
  {
    name: 'links that lead to links',
    make: (ground) => {
      shell(ground, 'real.ext');
      ground.link('one', 'real.ext');
      ground.link('two', ground.at('one'));
      return ground.link('x.ext', 'two');
    },
    refused: [],
  },
  {
    name: 'a link into a directory that everybody may write',
    make: (ground) => {
      ground.directory('open', 0o777);
      shell(ground, 'open/real.ext');
      return ground.link('x.ext', 'open/real.ext');
    },
    refused: ['writable open'],
  },
  {
    name: 'a link into a sticky directory',
    make: (ground) => {
      ground.directory('tmp', 0o1777);
      shell(ground, 'tmp/real.ext');
      return ground.link('x.ext', 'tmp/real.ext');
    },
    refused: ['sticky tmp'],
  },
  {
    name: 'a link that others may change, to a good file',
    make: (ground) => {
      ground.directory('open', 0o777);
      shell(ground, 'real.ext');
      return ground.link('open/x.ext', ground.at('real.ext'));
    },
    refused: ['writable open'],
  },
  {
    name: 'a link in the middle that others may change',
    make: (ground) => {
      ground.directory('open', 0o777);
      shell(ground, 'real.ext');
      ground.link('open/middle', ground.at('real.ext'));
      return ground.link('x.ext', 'open/middle');
    },
    refused: ['writable open'],
  },
  {
    name: 'a link of another user',
    needsRoot: true,
    make: (ground) => {
      shell(ground, 'real.ext');
      const path = ground.link('x.ext', 'real.ext');
      lchownSync(path, strange, strange);
      return path;
    },
    refused: ['owner x.ext'],
  },
  {
    name: 'a directory that is a link',
    make: (ground) => {
      ground.directory('real');
      shell(ground, 'real/x.ext');
      ground.link('dir', 'real');
      return ground.at('dir/x.ext');
    },
    refused: [],
  },
  {
    name: 'a directory that is a link into a bad one',
    make: (ground) => {
      ground.directory('open', 0o777);
      ground.directory('open/real');
      shell(ground, 'open/real/x.ext');
      ground.link('dir', 'open/real');
      return ground.at('dir/x.ext');
    },
    refused: ['writable open'],
  },
  {
    name: 'a link that leads nowhere',
    make: (ground) => ground.link('x.ext', 'gone'),
    refused: ['reached gone'],
  },
  {
    name: 'a link that leads to itself',
    make: (ground) => ground.link('x.ext', 'x.ext'),
    refused: ['reached x.ext'],
  },
  {
    name: 'forty links, as many as the kernel follows',
    make: (ground) => chainOfLinks(ground, 40),
    refused: [],
  },
  {
    name: 'a link more than the kernel follows',
    make: (ground) => chainOfLinks(ground, 41),
    refused: ['reached link1'],
  },
  { name: 'a link to the root directory', make: (ground) => ground.link('x.ext', '/'), refused: ['kind /'] },
];

const chainOfLinks = (ground: Ground, count: number): string => {
  shell(ground, 'link0');
  for (let number = 1; number < count; number += 1) ground.link(`link${number}`, `link${number - 1}`);
  return ground.link('x.ext', `link${count - 1}`);
};

const kinds: readonly Scenario[] = [
  { name: 'a directory', make: (ground) => ground.directory('x.ext'), refused: ['kind x.ext'] },
  {
    name: 'a FIFO',
    make: (ground) => {
      ground.run('mkfifo', '-m', '755', ground.at('x.ext'));
      return ground.at('x.ext');
    },
    refused: ['kind x.ext'],
  },
  {
    name: 'a device',
    needsRoot: true,
    make: (ground) => {
      ground.run('mknod', '-m', '755', ground.at('x.ext'), 'c', '1', '3');
      return ground.at('x.ext');
    },
    refused: ['kind x.ext'],
  },
  { name: 'nothing', make: (ground) => ground.at('x.ext'), refused: ['reached x.ext'] },
  { name: 'nothing in nothing', make: (ground) => ground.at('gone/x.ext'), refused: ['reached gone'] },
  {
    name: 'below a file',
    make: (ground) => `${shell(ground, 'file')}/x.ext`,
    refused: ['reached file'],
  },
  { name: 'a relative path', make: () => 'x.ext', refused: ['reached x.ext'] },
  { name: 'a path with a NUL', make: (ground) => `${shell(ground)}\0.ext`, refused: ['reached x.ext\0.ext'] },
  {
    name: 'a name that is too long',
    make: (ground) => ground.at(`${'x'.repeat(300)}.ext`),
    refused: [`reached ${'x'.repeat(300)}.ext`],
  },
  {
    name: 'a hard link in a good directory',
    make: (ground) => ground.hardLink('x.ext', shell(ground, 'other.ext')),
    refused: [],
  },
  {
    name: 'a good file with another name where everybody may write',
    make: (ground) => {
      ground.directory('open', 0o777);
      const path = shell(ground);
      ground.hardLink('open/other', path);
      return path;
    },
    refused: [],
  },
  {
    name: 'a hard link where everybody may write',
    make: (ground) => {
      ground.directory('open', 0o777);
      return ground.hardLink('open/x.ext', shell(ground, 'good'));
    },
    refused: ['writable open'],
  },
];

const formats: readonly Scenario[] = [
  { name: 'an empty file', make: (ground) => ground.text('x.ext', ''), refused: ['format x.ext'] },
  {
    name: 'commands without an interpreter',
    make: (ground) => ground.text('x.ext', 'exit 0\n'),
    refused: ['format x.ext'],
  },
  { name: 'a script', make: script('#!/bin/sh'), refused: [] },
  { name: 'a script with white space and an argument', make: script('#! \t/bin/sh -e  '), refused: [] },
  {
    name: 'a script of one line without an end',
    make: (ground) => ground.text('x.ext', '#!/bin/true'),
    refused: [],
  },
  { name: 'a script with Windows line ends', make: script('#!/bin/sh\r'), refused: ['format x.ext'] },
  {
    name: 'a script with an argument and Windows line ends',
    make: script('#!/bin/sh -e\r'),
    refused: ['format x.ext'],
  },
  { name: 'no interpreter', make: script('#!'), refused: ['format x.ext'] },
  { name: 'a relative interpreter', make: script('#!sh'), refused: ['format x.ext'] },
  { name: 'a NUL in the first line', make: script('#!/bin/sh\0x'), refused: ['format x.ext'] },
  {
    name: 'a first line of 255 bytes and its end',
    make: script(`#!/bin/sh ${'-'.padEnd(245, 'e')}`),
    refused: [],
  },
  {
    name: 'a first line that the kernel would cut',
    make: script(`#!/bin/sh ${'-'.padEnd(247, 'e')}`),
    refused: ['format x.ext'],
  },
  { name: 'an interpreter that is not there', make: script('#!/nowhere/sh'), refused: ['reached /nowhere'] },
  {
    name: 'an interpreter that everybody may write',
    make: (ground) => script(`#!${ground.elf('sh', 0o777)}`)(ground),
    refused: ['mode sh'],
  },
  {
    name: 'an interpreter of another user',
    needsRoot: true,
    make: (ground) => script(`#!${ground.elf('sh', 0o755, strange)}`)(ground),
    refused: ['owner sh'],
  },
  {
    name: 'an interpreter with setuid',
    make: (ground) => script(`#!${ground.elf('sh', 0o4755)}`)(ground),
    refused: ['privileges sh'],
  },
  {
    name: 'an interpreter in a directory that everybody may write',
    make: (ground) => {
      ground.directory('open', 0o777);
      return script(`#!${ground.elf('open/sh')}`)(ground);
    },
    refused: ['writable open'],
  },
  {
    name: 'an interpreter that is a link into a sticky directory',
    make: (ground) => {
      ground.directory('tmp', 0o1777);
      ground.elf('tmp/sh');
      return script(`#!${ground.link('sh', 'tmp/sh')}`)(ground);
    },
    refused: ['sticky tmp'],
  },
  {
    name: 'an interpreter that is a good script itself',
    make: (ground) => script(`#!${ground.text('inner', '#!/bin/true\n')}`)(ground),
    refused: [],
  },
  {
    name: 'an interpreter that is a script for a bad one',
    make: (ground) => {
      ground.elf('bad', 0o777);
      return script(`#!${ground.text('inner', `#!${ground.at('bad')}\n`)}`)(ground);
    },
    refused: ['mode bad'],
  },
  {
    name: 'interpreters without end',
    make: (ground) => {
      for (let number = 0; number < 30; number += 1) {
        ground.text(`inner${number}`, `#!${ground.at(`inner${number + 1}`)}\n`);
      }
      return script(`#!${ground.at('inner0')}`)(ground);
    },
    refused: ['chain x.ext'],
  },
  { name: 'env with a program', make: script('#!/usr/bin/env sh'), refused: [] },
  { name: 'env with a program and words', make: script('#!/usr/bin/env -S sh -e'), refused: [] },
  { name: 'env with a path', make: script('#!/usr/bin/env /bin/sh'), refused: [] },
  {
    name: 'env with a program that is nowhere',
    make: script('#!/usr/bin/env no-such-program'),
    refused: ['interpreter x.ext'],
  },
  { name: 'env alone', make: script('#!/usr/bin/env'), refused: ['interpreter x.ext'] },
  { name: 'env with an option', make: script('#!/usr/bin/env -i'), refused: ['interpreter x.ext'] },
  {
    name: 'env with an assignment',
    make: script('#!/usr/bin/env -S A=b sh'),
    refused: ['interpreter x.ext'],
  },
  { name: 'env with a relative path', make: script('#!/usr/bin/env ./sh'), refused: ['interpreter x.ext'] },
];

const mounted = (
  name: string,
  options: string,
  arrange: (ground: Ground) => string,
): Omit<Scenario, 'refused'> => ({
  name,
  needsRoot: true,
  make: (ground) => {
    ground.directory('mount');
    ground.run('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', ground.at('mount'));
    return arrange(ground);
  },
  undo: (ground) => ground.run('umount', ground.at('mount')),
});

const bound = (name: string, arrange: (ground: Ground) => void): Omit<Scenario, 'refused'> => ({
  name,
  needsRoot: true,
  make: (ground) => {
    ground.directory('mount');
    arrange(ground);
    shell(ground, 'from/x.ext');
    ground.run('mount', '--bind', ground.at('from'), ground.at('mount'));
    return ground.at('mount/x.ext');
  },
  undo: (ground) => ground.run('umount', ground.at('mount')),
});

/** Of these the host must allow mounts. */
export const mountScenarios: readonly Scenario[] = [
  {
    ...mounted('on a file system of its own', 'mode=0755', (ground) => shell(ground, 'mount/x.ext')),
    refused: [],
  },
  {
    ...mounted('on a file system without execution', 'mode=0755,noexec', (ground) =>
      shell(ground, 'mount/x.ext'),
    ),
    refused: ['executable mount/x.ext', 'noexec mount/x.ext'],
  },
  {
    ...mounted('on a file system that everybody may write', 'mode=1777', (ground) =>
      shell(ground, 'mount/x.ext'),
    ),
    refused: ['sticky mount'],
  },
  {
    ...mounted('on a file system of another user', `mode=0755,uid=${strange}`, (ground) =>
      shell(ground, 'mount/x.ext'),
    ),
    refused: ['owner mount'],
  },
  {
    ...mounted('an interpreter on a file system without execution', 'mode=0755,noexec', (ground) =>
      script(`#!${ground.elf('mount/sh')}`)(ground),
    ),
    refused: ['executable mount/sh', 'noexec mount/sh'],
  },
  { ...bound('a good directory that is bound here', (ground) => ground.directory('from')), refused: [] },
  {
    ...bound('a bad directory that is bound here', (ground) => ground.directory('from', 0o777)),
    refused: ['writable mount'],
  },
];

/** Every arrangement that needs no mount. */
export const scenarios: readonly Scenario[] = [
  ...modes,
  ...directories,
  ...owners,
  ...names,
  ...links,
  ...kinds,
  ...formats,
];
