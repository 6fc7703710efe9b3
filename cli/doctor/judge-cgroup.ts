import type { HostFacts } from '../../platform/host-facts.ts';
import { type Controller, cgroupPlaces } from '../../platform/node/cgroup/places.ts';
import type { Finding } from './finding.ts';

/** The group for a controller, and whether groups can be made below it. */
interface Place {
  readonly version: 1 | 2;
  readonly directory: string;
  readonly writable: boolean;
}

const placeOf = (facts: HostFacts, controller: Controller): Place | undefined => {
  const places = cgroupPlaces(
    facts.readText('/proc/self/cgroup') ?? '',
    facts.readText('/proc/self/mountinfo') ?? '',
  );
  if (places?.version === 2) {
    const { directory } = places;
    const offered = (facts.readText(`${directory}/cgroup.controllers`) ?? '').trim().split(' ');
    if (!offered.includes(controller)) return undefined;
    return { version: 2, directory, writable: facts.mayWrite(`${directory}/cgroup.procs`) };
  }
  const directory = places?.directories[controller];
  return directory === undefined ? undefined : { version: 1, directory, writable: facts.mayWrite(directory) };
};

const remedy = 'run leashd as root, under systemd with Delegate=yes';

const described = ({ version, directory, writable }: Place): string =>
  `version ${version}, ${directory} is ${writable ? '' : 'not '}writable`;

/**
 * The last rung: a memory limit of the kernel, for the moments in which the guard is held up. Seen from the caller's
 * own group, which a service does not share.
 */
export const judgeBackstop = (facts: HostFacts): Finding => {
  const place = placeOf(facts, 'memory');
  if (place?.writable === true) return { check: 'cgroup memory', level: 'ok', found: described(place) };
  const found = `${place === undefined ? 'none' : described(place)}; memory is limited by the guard's own watch alone`;
  return { check: 'cgroup memory', level: 'warn', found, remedy };
};

/** How `throttle_percent` is held: never a failure, since stopping and continuing a worker works everywhere. */
export const judgeThrottle = (facts: HostFacts): Finding => {
  const place = placeOf(facts, 'cpu');
  if (place?.writable === true) return { check: 'cgroup cpu', level: 'ok', found: described(place) };
  const found = `${place === undefined ? 'none' : described(place)}; throttled workers are stopped and continued instead`;
  return { check: 'cgroup cpu', level: 'ok', found };
};
