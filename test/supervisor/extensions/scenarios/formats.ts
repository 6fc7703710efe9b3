import { type Scenario, script, strange } from './scenario.ts';

/** What the kernel would do with a file, and which interpreters it would run. */
export const formatScenarios: readonly Scenario[] = [
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
