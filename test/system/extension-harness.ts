/** A real leashd with managed extensions of tests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { writeExtension } from '../extensions/extension-files.ts';
import { livingMarked } from '../extensions/marked-processes.ts';
import type { ExtensionConduct } from '../extensions/node/extension.ts';
import { makeGround } from '../supervisor/extensions/ground.ts';
import { type Home, makeHome, type RunningDaemon, startDaemon, until } from './daemon-harness.ts';

/** What extensions of this daemon are or started. */
export const familyOf = (daemon: number, program?: string): readonly number[] =>
  livingMarked(`OSQUERY_EXTENSION=${daemon}`, program);

/** A daemon with extensions. */
export interface Started {
  readonly home: Home;
  readonly daemon: RunningDaemon;
  readonly ground: string;
  readonly flags: readonly string[];
  /** The pid that this extension was started with, the `nth` time. */
  started(name: string, nth?: number): Promise<number>;
  /** Waits for so many lines that match. */
  lines(pattern: RegExp, count: number): Promise<readonly string[]>;
  row(name: string): Promise<Record<string, string>>;
}

/** What it is started with. */
export interface Wish {
  readonly extensions: Readonly<Record<string, ExtensionConduct>>;
  /** `extensions` of the config. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly schedule?: Readonly<Record<string, unknown>>;
  readonly views?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

const fast = ['--extensions_interval=0.2', '--extensions_timeout=30'];

/** A daemon with these extensions, which ends with the test and leaves nothing behind. */
export const start = async (
  t: Test,
  { extensions, settings = {}, schedule = {}, views = {}, flags = [] }: Wish,
): Promise<Started> => {
  const ground = makeGround();
  const home = makeHome({ schedule, views, extensions: settings });
  const paths = Object.entries(extensions).map(([file, conduct]) =>
    writeExtension(ground.root, file, conduct),
  );
  writeFileSync(join(ground.root, 'load'), paths.join('\n'));
  const all = [
    `--extensions_autoload=${join(ground.root, 'load')}`,
    `--extensions_socket=${join(home.state, 'others.em')}`,
    ...fast,
    ...flags,
  ];
  const daemon = await startDaemon(home, all);
  t.teardown(async () => {
    await daemon.end('SIGTERM');
    home.remove();
    ground.remove();
  });
  return { ...reader(daemon), home, daemon, ground: ground.root, flags: all };
};

/** How a test follows the extensions of a daemon. */
export const reader = (daemon: RunningDaemon): Pick<Started, 'started' | 'lines' | 'row'> => {
  const lines = async (pattern: RegExp, count: number): Promise<readonly string[]> => {
    const matching = (): readonly string[] => daemon.stderr.filter((line) => pattern.test(line));
    await until(() => matching().length >= count || daemon.process.exitCode !== null);
    if (matching().length < count) throw new Error(`leashd ended:\n${daemon.stderr.join('\n')}`);
    return matching();
  };
  return {
    lines,
    started: async (name, nth = 1) => {
      const line = (await lines(new RegExp(`Extension '${name}' was started`), nth))[nth - 1];
      return Number(/pid (\d+)/.exec(line ?? '')?.[1]);
    },
    row: async (name) => {
      const rows = await daemon.ask(`SELECT * FROM leash_extensions WHERE name = '${name}'`);
      const [row] = rows;
      if (row === undefined) throw new Error(`no extension ${name}`);
      return row as Record<string, string>;
    },
  };
};
