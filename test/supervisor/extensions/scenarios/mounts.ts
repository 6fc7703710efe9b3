import type { Ground } from '../ground.ts';
import { type Scenario, script, shell, strange } from './scenario.ts';

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
