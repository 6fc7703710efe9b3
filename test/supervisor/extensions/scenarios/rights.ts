import { chmodSync } from 'node:fs';
import { otherUid } from '../../../other-user.ts';
import { type Scenario, shell, strange } from './scenario.ts';

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

/** Whose the files are, who may write them, what they are called. */
export const rightsScenarios: readonly Scenario[] = [...modes, ...directories, ...owners, ...names];
