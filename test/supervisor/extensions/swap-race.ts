/**
 * Starts an extension again and again while another process swaps its file: whatever the moment, the wrong one never
 * runs. Run by swap-race.test.ts in a short form; `node test/supervisor/extensions/swap-race.ts` is the
 * long one: 10,000 starts of each race.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lchownSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import type { ProgramExit } from '../../../platform/program-host.ts';
import { startChecked } from '../../../supervisor/extensions/open-checked.ts';
import { otherUid, otherUserRuns } from '../../other-user.ts';
import { cleanEnv } from '../../system/daemon-harness.ts';
import { type Ground, makeGround, whyNoGround } from './ground.ts';

const rightCode = 42;
const wrongCode = 43;

/** A race: the path that is started, and who swaps what. */
interface Race {
  readonly name: string;
  /** Swaps as an unprivileged user; else as the owner of the files. */
  readonly byOther: boolean;
  /** What has to come of it: every start runs the right file, every one is refused, or now this and now that. */
  readonly expected: 'runs' | 'refused' | 'both';
  /** Makes the files; gives the path to start and the arguments of the swapper. */
  readonly arrange: (ground: Ground) => {
    readonly path: string;
    readonly swap: readonly ['hard' | 'soft', string, string, string];
  };
}

/** What the starts of one race came to. */
export interface RaceReport {
  readonly name: string;
  readonly expected: Race['expected'];
  readonly right: number;
  readonly refused: number;
  /** The wrong program ran, or something that is neither happened. */
  readonly wrong: readonly string[];
}

/** Whether a race went as it has to. */
export const isWon = ({ expected, right, refused, wrong }: RaceReport): boolean =>
  wrong.length === 0 &&
  (expected === 'refused' || right > 0) &&
  (expected === 'runs' || refused > 0) &&
  (expected !== 'refused' || right === 0) &&
  (expected !== 'runs' || refused === 0);

/** Makes the programs `good`, which ends with 42, and `bad`, which leaves a mark before and everybody may write. */
const compile = (ground: Ground): void => {
  const source = ground.text(
    'program.c',
    `#include <fcntl.h>
     int main(int count, char **words) { return CODE == ${wrongCode} ? open(words[1], O_CREAT, 0600), CODE : CODE; }`,
  );
  for (const [name, code, mode] of [
    ['good', rightCode, 0o755],
    ['bad', wrongCode, 0o777],
  ] as const) {
    ground.run('gcc', `-DCODE=${code}`, '-o', ground.at(name), source);
    chmodSync(ground.at(name), mode);
  }
};

const inOpenDirectory = (mode: number) => (ground: Ground) => {
  ground.directory('theirs', mode);
  const path = ground.at('theirs/x.ext');
  symlinkSync(ground.at('good'), path);
  lchownSync(path, otherUid, otherUid);
  return { path, swap: ['soft', path, ground.at('good'), ground.at('bad')] as const };
};

const races: readonly Race[] = [
  {
    name: 'its owner renames over it',
    byOther: false,
    expected: 'both',
    arrange: (ground) => {
      ground.directory('place');
      const path = ground.hardLink('place/x.ext', ground.at('good'));
      return { path, swap: ['hard', path, ground.at('good'), ground.at('bad')] };
    },
  },
  {
    name: 'the owner of a link turns it',
    byOther: false,
    expected: 'both',
    arrange: (ground) => {
      ground.directory('place');
      const path = ground.link('place/x.ext', ground.at('good'));
      return { path, swap: ['soft', path, ground.at('good'), ground.at('bad')] };
    },
  },
  {
    name: 'another user tries it on a program',
    byOther: true,
    expected: 'runs',
    arrange: (ground) => {
      ground.directory('place');
      const path = ground.hardLink('place/x.ext', ground.at('good'));
      return { path, swap: ['soft', path, ground.at('good'), ground.at('bad')] };
    },
  },
  {
    name: 'another user tries it on a script',
    byOther: true,
    expected: 'runs',
    arrange: (ground) => {
      ground.directory('place');
      const path = ground.text('place/x.ext', `#!/bin/sh\nexit ${rightCode}\n`);
      return { path, swap: ['soft', path, path, ground.at('bad')] };
    },
  },
  {
    name: 'another user does it in a directory for everybody',
    byOther: true,
    expected: 'refused',
    arrange: inOpenDirectory(0o777),
  },
  {
    name: 'another user does it in a sticky directory',
    byOther: true,
    expected: 'refused',
    arrange: inOpenDirectory(0o1777),
  },
  {
    name: 'another user turns a link that a good one leads to',
    byOther: true,
    expected: 'refused',
    arrange: (ground) => {
      const { path, swap } = inOpenDirectory(0o777)(ground);
      return { path: ground.link('x.ext', path), swap };
    },
  },
];

/** Why no race can be run here; undefined: they can. */
export const whyNoRace = (): string | undefined => {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
  } catch {
    return 'there is no gcc to make the two programs';
  }
  return whyNoGround();
};

/** Runs every race that this user can, each with so many starts. */
export const runRaces = async (rounds: number): Promise<readonly RaceReport[]> => {
  const reports: RaceReport[] = [];
  for (const race of races) {
    if (race.byOther && !otherUserRuns) continue;
    const ground = makeGround();
    try {
      reports.push(await runRace(ground, race, rounds));
    } finally {
      ground.remove();
    }
  }
  return reports;
};

const runRace = async (ground: Ground, race: Race, rounds: number): Promise<RaceReport> => {
  compile(ground);
  const { path, swap } = race.arrange(ground);
  const marker = ground.at('marker');
  const swapper = spawn(process.execPath, [join(import.meta.dirname, '../../fixtures/swapper.ts'), ...swap], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(race.byOther ? { uid: otherUid, gid: otherUid } : {}),
  });
  const ended = once(swapper, 'exit');
  const seen = { right: 0, refused: 0, wrong: [] as string[] };
  try {
    await once(swapper.stdout, 'data');
    for (let round = 0; round < rounds; round += 1) {
      const outcome = await startOnce(path, marker);
      if (outcome === 'right' || outcome === 'refused') seen[outcome] += 1;
      else seen.wrong.push(outcome);
    }
  } finally {
    swapper.kill('SIGKILL');
    await ended;
  }
  if (existsSync(marker)) seen.wrong.push('the wrong program left its mark');
  return { name: race.name, expected: race.expected, ...seen };
};

const startOnce = async (path: string, marker: string): Promise<string> => {
  const exit = Promise.withResolvers<ProgramExit>();
  const { started } = await startChecked(
    nodeProgramHost,
    path,
    { uid: process.getuid?.() ?? 0, nameRule: true, allowUnsafe: false },
    {
      args: [marker],
      store: '',
      supervisorPid: process.pid,
      mark: 'test',
      timeZone: undefined,
      exited: exit.resolve,
    },
  );
  if (!started.ok) return started.error.reason === 'refused' ? 'refused' : started.error.message;
  const { code, signal } = await exit.promise;
  return code === rightCode ? 'right' : `ended with ${code ?? signal}`;
};

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10000' } } });
  const reports = await runRaces(Number(values.rounds));
  for (const { name, right, refused, wrong } of reports) {
    process.stdout.write(`${name}: ${right} ran the right one, ${refused} refused, ${wrong.length} wrong\n`);
    for (const what of new Set(wrong)) process.stdout.write(`  ${what}\n`);
  }
  process.exitCode = reports.length > 0 && reports.every(isWon) ? 0 : 1;
}
