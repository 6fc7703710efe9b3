/** Runs extensions that do harm on one real daemon, beside an extension and queries that do none. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeExtension } from '../../extensions/extension-files.ts';
import { livingMarked } from '../../extensions/marked-processes.ts';
import { makeGround } from '../../supervisor/extensions/ground.ts';
import { type Home, launchDaemon, makeHome, type RunningDaemon } from '../../system/daemon-harness.ts';
import type { Form } from '../ground.ts';
import { bystander, innocentQueries } from './bystanders.ts';
import { type ExtensionOffender, readerOf } from './extension-offender.ts';
import { timeout_s } from './kinds.ts';
import { type Look, lookAt } from './look.ts';
import { type Moment, moments } from './moments.ts';
import { problemsOfBystanders, problemsOfKind } from './problems.ts';

/** What became of one kind. */
export interface ExtensionReport {
  readonly offender: ExtensionOffender;
  /** From its first start, or the daemon's stop for one that ends with it, to what the log says of its end. */
  readonly after_s: number;
  /** State and verdicts, in words. */
  readonly came: string;
  readonly problems: readonly string[];
}

/** What a run came to. */
export interface ExtensionsReport {
  readonly reports: readonly ExtensionReport[];
  /** What is wrong with the innocents, and with what is left on the host. */
  readonly problems: readonly string[];
  /** Of all that was there: when the innocents had run once, and at the end. */
  readonly first: Look;
  readonly last: Look;
}

/**
 * Between the beginnings of two kinds in the long form: a dozen programs that start at once on two cores keep everybody
 * waiting, which says nothing about what they do then.
 */
const apart_ms = { short: 0, long: 500 } as const;

/** How long after its start a kind begins, by name, in milliseconds. */
type Waits = ReadonlyMap<string, number>;

/** Nothing of this takes longer on a host that works at all. */
const patience_ms = 60_000;

/** Starts a daemon with these extensions, waits for the end of each, looks around, and stops the daemon. */
export const runExtensions = async (
  kinds: readonly ExtensionOffender[],
  form: Form,
): Promise<ExtensionsReport> => {
  const waits = new Map(kinds.map(({ name }, index) => [name, index * apart_ms[form]]));
  const ground = makeGround();
  const home = makeHome({
    schedule: scheduleOf(kinds),
    extensions: Object.fromEntries(kinds.map(({ name, budget = {} }) => [name, budget])),
  });
  const daemon = startWith(home, ground.root, kinds, waits);
  try {
    return await watch(daemon, kinds, waits);
  } finally {
    await daemon.end('SIGKILL');
    home.remove();
    ground.remove();
  }
};

const scheduleOf = (kinds: readonly ExtensionOffender[]): Readonly<Record<string, unknown>> => {
  const innocent = Object.entries(innocentQueries).map(([name, query]) => [name, { query, interval: 1 }]);
  const readers = kinds.flatMap((kind) => {
    const query = `SELECT n FROM ${kind.name}`;
    return kind.read === undefined
      ? []
      : [[readerOf(kind), { query, interval: 1, limits: kind.read.limits }]];
  });
  return Object.fromEntries([...innocent, ...readers]);
};

const startWith = (
  home: Home,
  directory: string,
  kinds: readonly ExtensionOffender[],
  waits: Waits,
): RunningDaemon => {
  const paths = [
    writeExtension(directory, bystander.name, bystander),
    ...kinds.map(({ name, conduct }) =>
      writeExtension(directory, name, { name, ...conduct }, waits.get(name)),
    ),
  ];
  const list = join(directory, 'load');
  writeFileSync(list, paths.join('\n'));
  return launchDaemon(home, [
    `--extensions_autoload=${list}`,
    `--extensions_socket=${join(home.state, 'others.em')}`,
    '--extensions_interval=0.5',
    `--extensions_timeout=${timeout_s}`,
    '--denylist_durations=3600',
  ]);
};

const watch = async (
  daemon: RunningDaemon,
  kinds: readonly ExtensionOffender[],
  waits: Waits,
): Promise<ExtensionsReport> => {
  const starts = kinds.map(({ name }) => [name, new RegExp(`Extension '${name}' was started`)] as const);
  const began = moments(daemon, patience_ms, starts);
  const endsAlone = kinds.filter(({ expected }) => expected.states !== undefined);
  const ending = moments(daemon, patience_ms, [...endsOf(endsAlone), ...failuresOf(kinds)]);
  await daemon.line(/Leash is ready/);
  const { last: first } = await settled(daemon, [], new Map());
  const ends = await ending;
  const { looks, last } = await settled(daemon, kinds, ends);
  const stopped_ms = performance.now();
  const endsLast = moments(daemon, patience_ms, endsOf(kinds.filter((kind) => !endsAlone.includes(kind))));
  await daemon.end('SIGTERM');
  const [startOf, lastEnds] = await Promise.all([began, endsLast]);
  const reports = kinds.map((offender): ExtensionReport => {
    const { name, expected } = offender;
    const look = looks.get(name) ?? last;
    const isLast = expected.states === undefined;
    const { line, at_ms } = (isLast ? lastEnds : ends).get(name) ?? {};
    const failed = ends.get(readerOf(offender));
    const began_ms = (startOf.get(name)?.at_ms ?? Number.NaN) + (waits.get(name) ?? 0);
    return {
      offender,
      after_s: ((at_ms ?? Number.NaN) - (isLast ? stopped_ms : began_ms)) / 1_000,
      came: came(offender, look),
      problems: [
        ...(line === undefined ? [`the log never said ${expected.log}`] : []),
        ...(failed !== undefined && failed.line === undefined ? ['its query did not fail as it should'] : []),
        ...problemsOfKind(offender, look, line),
      ],
    };
  });
  const left = livingMarked(`OSQUERY_EXTENSION=${daemon.pid}`).map((pid) => `${pid} outlived the daemon`);
  return { reports, problems: [...problemsOfBystanders(last), ...left], first, last };
};

const endsOf = (kinds: readonly ExtensionOffender[]): readonly (readonly [string, RegExp])[] =>
  kinds.map(({ name, expected }) => [name, expected.log]);

const failuresOf = (kinds: readonly ExtensionOffender[]): readonly (readonly [string, RegExp])[] =>
  kinds.flatMap((kind) => {
    if (kind.read === undefined) return [];
    const reader = readerOf(kind);
    return [[reader, new RegExp(`'${reader}' failed: .*${kind.read.fails.source}`)] as const];
  });

interface Settled {
  /** The first look by which a kind is as it should be. */
  readonly looks: ReadonlyMap<string, Look>;
  readonly last: Look;
}

/** Looks until every kind was once as it should be, and the innocents are well, or patience is over. */
const settled = async (
  daemon: RunningDaemon,
  kinds: readonly ExtensionOffender[],
  ends: ReadonlyMap<string, Moment>,
): Promise<Settled> => {
  const until_ms = performance.now() + patience_ms;
  const looks = new Map<string, Look>();
  for (;;) {
    const last = await lookAt(daemon);
    for (const kind of kinds) {
      if (looks.has(kind.name)) continue;
      if (problemsOfKind(kind, last, ends.get(kind.name)?.line).length === 0) looks.set(kind.name, last);
    }
    const isOver = looks.size === kinds.length && problemsOfBystanders(last).length === 0;
    if (isOver || performance.now() > until_ms) return { looks, last };
  }
};

const came = ({ name }: ExtensionOffender, { extensions, verdicts }: Look): string => {
  const state = extensions.find((row) => row.name === name)?.state ?? 'unknown';
  const reasons = verdicts
    .filter(({ subject, query_name }) => subject === 'extension' && query_name === name)
    .map(({ reason, strike }) => (strike === '1' ? reason : `${reason} (no strike)`));
  return [state, ...new Set(reasons)].join(', ');
};
