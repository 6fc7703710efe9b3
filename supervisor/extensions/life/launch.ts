import { dirname } from 'node:path';
import type { Clock } from '../../../platform/clock.ts';
import type { ExtensionPlaces } from '../../../platform/extension-places.ts';
import type { FamilyLimits, HeldFamily } from '../../../platform/process-family.ts';
import type { ProgramExit, ProgramHost, StartedProgram, UserIds } from '../../../platform/program-host.ts';
import type { SocketFailure } from '../../../platform/unix-socket.ts';
import type { ExtensionJudgement } from '../../../policies/extension-file/judge-extension.ts';
import { familyLimits } from '../../../policies/kernel-limits.ts';
import { describeRefusal } from '../../../policies/path-safety/check.ts';
import { firstClosedTo } from '../../../policies/path-safety/closed-to.ts';
import type { ExtensionLife } from '../../../protocol/extension/life.ts';
import { fail, ok, type Result } from '../../../protocol/result.ts';
import type { ProcessIdentity } from '../../../protocol/sample.ts';
import type { Door } from '../check-registration.ts';
import { startChecked } from '../open-checked.ts';
import type { OpenDoor } from '../open-door.ts';
import { FamilyWatch } from './family-watch.ts';
import { type ExtensionTerms, type ManagedExtension, pathHashOf, type Terms } from './managed-extension.ts';
import type { LaunchOutcome, Living } from './messages.ts';

/** What a start needs of the host and the daemon. */
export interface LaunchDeps {
  readonly clock: Clock;
  readonly programs: ProgramHost;
  readonly places: ExtensionPlaces;
  readonly openDoor: (door: Door) => Promise<Result<OpenDoor, SocketFailure>>;
  /** `mark`: `NAME=value` in the environment of the leader and of all that it starts. */
  readonly openFamily: (leader: ProcessIdentity, mark: string, limits: FamilyLimits) => HeldFamily;
  readonly terms: (name: string) => Terms;
  readonly uid: number;
  readonly allowUnsafe: boolean;
  /** Directory of the daemon's store; empty without one. */
  readonly store: string;
  readonly supervisorPid: number;
  readonly timeZone: string | undefined;
  /** osquery's arguments for an extension of this socket. */
  readonly argsFor: (socket: string) => readonly string[];
}

/** One start. */
export interface LaunchOrder {
  readonly extension: ManagedExtension;
  readonly lifeId: string;
  /** Undefined before the first start. */
  readonly door: OpenDoor | undefined;
  readonly exited: (exit: ProgramExit) => void;
}

/** Opens the door if that was not done, checks the extension's file, and starts what was checked. */
export const launch = async (deps: LaunchDeps, order: LaunchOrder): Promise<LaunchOutcome> => {
  const { extension } = order;
  const terms = deps.terms(extension.name);
  if (!terms.ok) return refused(order.door, terms.error.message);
  const { runAs } = terms.value;
  const unreachable =
    runAs === undefined ? undefined : whyUnreachable(deps.programs, extension.directory, runAs);
  if (unreachable !== undefined) return refused(order.door, unreachable);
  const opened = order.door === undefined ? await open(deps, extension, runAs) : ok(order.door);
  if (!opened.ok)
    return { door: undefined, unsafe: '', result: { kind: 'not_started', message: opened.error.message } };
  const door = opened.value;
  deps.places.clear(door.door.path);
  const { judgement, started } = await startIn(deps, order, terms.value);
  const unsafe = unsafeWords(judgement);
  if (started.ok) {
    return {
      door,
      unsafe,
      result: { kind: 'started', living: living(deps, order, terms.value, started.value) },
    };
  }
  const { reason, message } = started.error;
  return { door, unsafe, result: { kind: reason === 'refused' ? 'refused' : 'not_started', message } };
};

const refused = (door: OpenDoor | undefined, message: string): LaunchOutcome => ({
  door,
  unsafe: '',
  result: { kind: 'refused', message },
});

const whyUnreachable = (programs: ProgramHost, directory: string, user: UserIds): string | undefined => {
  const above = programs.open(dirname(directory));
  above.close();
  const closed = firstClosedTo(above.facts.trail, user);
  if (closed === undefined) return undefined;
  return `user ${user.uid} cannot reach its socket: ${closed.path} is closed to it. Name a directory that others may enter, such as --extensions_directory=/run/leash.`;
};

/** The door is bound while its directory is ours, and handed over after that. */
const open = async (
  { places, openDoor }: LaunchDeps,
  { directory, door }: ManagedExtension,
  runAs: UserIds | undefined,
): Promise<Result<OpenDoor, SocketFailure>> => {
  const taken = places.take(directory);
  if (!taken.ok) return taken;
  const opened = await openDoor(door);
  if (!opened.ok) return opened;
  const given = places.handOver(directory, door.path, runAs);
  if (given.ok) return opened;
  await opened.value.close();
  return fail(given.error);
};

const markName = 'LEASH_EXTENSION';

const startIn = (
  deps: LaunchDeps,
  { extension, lifeId, exited }: LaunchOrder,
  { runAs }: ExtensionTerms,
): ReturnType<typeof startChecked> => {
  const { uid, allowUnsafe, store, supervisorPid, timeZone } = deps;
  const rules = { uid, nameRule: extension.nameRule, allowUnsafe };
  return startChecked(deps.programs, extension.path, rules, {
    args: deps.argsFor(extension.door.path),
    store,
    supervisorPid,
    mark: lifeId,
    timeZone,
    exited,
    ...(runAs === undefined ? {} : { runAs }),
  });
};

const living = (
  { clock, openFamily }: LaunchDeps,
  { extension, lifeId }: LaunchOrder,
  { budget, mayBeDenied, rule }: ExtensionTerms,
  program: StartedProgram,
): Living => {
  const startedAt_ms = clock.monotonicMs();
  const life: ExtensionLife = {
    lifeId,
    name: extension.name,
    path: extension.path,
    pathHash: pathHashOf(extension.path, budget),
    leader: program.identity,
    budget,
    mayBeDenied,
    startedAt_ms,
    startedAt_unix_ms: clock.unixMs(),
  };
  const from = rule === undefined ? undefined : { ...rule, from_ms: startedAt_ms + rule.delay_ms };
  return {
    life,
    program,
    family: openFamily(program.identity, `${markName}=${lifeId}`, familyLimits(budget)),
    watch: new FamilyWatch(life, from),
  };
};

const unsafeWords = ({ overridden }: ExtensionJudgement): string =>
  overridden.map(describeRefusal).join('; ');
