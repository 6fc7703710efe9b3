import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budgetOfLevel } from '../../protocol/budget.ts';
import { type HungMount, type MountMode, mountHung } from './hung-mount.ts';
import type { RealHost } from './real-host.ts';

/** Short: over in less than a second, with lower limits. Long: the limits that Leash has by default. */
export type Form = 'short' | 'long';

/** What the catalogue's queries stand on. */
export interface Ground {
  readonly form: Form;
  /** Files of `bigFile_mb` each that take no room on the disk: they are all holes. */
  readonly bigFiles: string;
  /** One file larger than a whole read budget. */
  readonly hugeFile: string;
  /** Two million times the letter a. */
  readonly letters: string;
  /** Rows of a recursive count that cost one millisecond of CPU time here. */
  readonly rowsPerCpu_ms: number;
  /** Mounts that hang, each under the path it has here. */
  readonly mounts: Readonly<Partial<Record<MountMode, string>>>;
  /** Why there are no such mounts; undefined where there are. */
  readonly noMounts: string | undefined;
}

/** The ground, and how it is cleared. */
export interface PreparedGround {
  readonly ground: Ground;
  clear(): Promise<void>;
}

const mebibyte = 2 ** 20;
const bigFile_mb = 40;
const bigFiles = 20;
/** One answer of the slow mount takes so long. */
export const slowAnswer_ms: Readonly<Record<Form, number>> = { short: 60, long: 500 };

const count = (rows: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows}) SELECT count(*) FROM n`;

/** Makes files and mounts, and asks the host how fast it counts. */
export const prepareGround = async (host: RealHost, form: Form): Promise<PreparedGround> => {
  const directory = mkdtempSync(join(tmpdir(), 'leash-offenders-'));
  const files = join(directory, 'big');
  mkdirSync(files);
  for (let index = 0; index < bigFiles; index += 1) hole(join(files, `${index}`), bigFile_mb);
  const hugeFile = join(directory, 'huge');
  hole(hugeFile, 4096);
  const letters = join(directory, 'letters');
  writeFileSync(letters, 'a'.repeat(2_000_000));
  const mounts: HungMount[] = [];
  const paths: Partial<Record<MountMode, string>> = {};
  let noMounts: string | undefined;
  for (const mode of ['unread', 'unanswered', 'slow'] as const) {
    const mount = await mountHung(directory, mode, slowAnswer_ms[form]);
    if ('lacking' in mount) noMounts = mount.lacking;
    else {
      mounts.push(mount);
      paths[mode] = mount.path;
    }
  }
  return {
    ground: {
      form,
      bigFiles: files,
      hugeFile,
      letters,
      rowsPerCpu_ms: await countingSpeed(host),
      mounts: paths,
      noMounts,
    },
    clear: async () => {
      for (const mount of mounts) await mount.end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

const hole = (path: string, size_mb: number): void => {
  writeFileSync(path, '');
  truncateSync(path, size_mb * mebibyte);
};

/** The best of some tries: a worker's first ones, or those beside other work, cost more. */
const countingSpeed = async (host: RealHost): Promise<number> => {
  const rows = 300_000;
  let cheapest_ms = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 4; tries += 1) {
    const { outcome } = await host.run(count(rows), budgetOfLevel['0']);
    cheapest_ms = Math.min(cheapest_ms, outcome.cost.user_ms + outcome.cost.system_ms);
  }
  return rows / cheapest_ms;
};
