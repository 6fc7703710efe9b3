import { lchownSync } from 'node:fs';
import type { Ground } from '../ground.ts';
import { type Scenario, shell, strange } from './scenario.ts';

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

/** Where a path leads, and what stands at its end. */
export const wayScenarios: readonly Scenario[] = [...links, ...kinds];
