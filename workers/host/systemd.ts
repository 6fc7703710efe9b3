import type { BusCall, BusReply, BusValue } from '../../protocol/host-network.ts';
import type { Columns, NetTableQuery } from '../../protocol/table.ts';

/** Where the system bus listens (D-Bus specification, "Well-known Message Bus Instances"). */
export const systemBus = '/run/dbus/system_bus_socket';

const destination = 'org.freedesktop.systemd1';
const timeout_ms = 10_000;
/** What ten thousands of units come to. */
const repliesMax_bytes = 32 * 1024 * 1024;

/** A unit as `ListUnits` of systemd's manager tells it (org.freedesktop.systemd1(5)). */
export interface SystemdUnit {
  readonly id: string;
  readonly description: string;
  readonly load_state: string;
  readonly active_state: string;
  readonly sub_state: string;
  /** The unit whose state this one shows; '' for its own. */
  readonly following: string;
  readonly object_path: string;
  /** 0 when no job is queued. */
  readonly job_id: number;
  readonly job_type: string;
  readonly job_path: string;
}

/** A property of units, by its name on the bus. */
export type UnitProperty = 'FragmentPath' | 'SourcePath' | 'UnitFileState' | 'User';

/** A unit and the properties that were asked for. */
export interface DescribedUnit {
  readonly unit: SystemdUnit;
  /** '' for a property that was not asked for, or that the unit has not. */
  text(property: UnitProperty): string;
}

/**
 * The units that systemd has in memory, each with these properties. Where nobody answers there are none, and a warning
 * says why. A unit that was unloaded meanwhile is there without properties.
 */
export const systemdUnits = async <C extends Columns>(
  query: NetTableQuery<C>,
  socketPath: string,
  properties: readonly UnitProperty[],
): Promise<readonly DescribedUnit[]> => {
  const call = async (calls: readonly BusCall[]): Promise<readonly BusReply[]> => {
    const replies = await query.network.callBus({ socketPath, calls, timeout_ms, repliesMax_bytes });
    if (replies.ok) return replies.value;
    query.warn(`systemd: ${replies.error.message}`);
    return [];
  };
  const [listed] = await call([listUnits]);
  if (listed === undefined) return [];
  if (!listed.ok) {
    query.warn(`systemd at ${socketPath}: ${listed.error.message}`);
    return [];
  }
  const [units] = listed.value;
  const known = Array.isArray(units) ? (units as readonly BusValue[]).map(unitOf) : [];
  const asked = known.map((unit) => ({ unit, own: properties.filter((property) => has(unit, property)) }));
  const calls = asked.flatMap(({ unit, own }) => own.map((property) => getProperty(unit, property)));
  const values = calls.length === 0 ? [] : (await call(calls)).map(textOf);
  let at = 0;
  return asked.map(({ unit, own }) => {
    const texts = new Map(own.map((property, index) => [property, values[at + index]]));
    at += own.length;
    return { unit, text: (property) => texts.get(property) ?? '' };
  });
};

const listUnits: BusCall = {
  destination,
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
  member: 'ListUnits',
  arguments: [],
};

const getProperty = ({ object_path }: SystemdUnit, property: UnitProperty): BusCall => ({
  destination,
  path: object_path,
  interface: 'org.freedesktop.DBus.Properties',
  member: 'Get',
  arguments: [`org.freedesktop.systemd1.${property === 'User' ? 'Service' : 'Unit'}`, property],
});

/** A user is told of services alone, as in osquery. */
const has = ({ id }: SystemdUnit, property: UnitProperty): boolean =>
  property !== 'User' || id.endsWith('.service');

const textOf = (reply: BusReply): string => {
  const [value] = reply.ok ? reply.value : [];
  return typeof value === 'string' ? value : '';
};

/** A struct `(ssssssouso)`. A bus lets no object path through that is none, so it can be called. */
const unitOf = (value: BusValue): SystemdUnit => {
  const members: readonly BusValue[] = Array.isArray(value) ? value : [];
  const text = (index: number): string => {
    const member = members[index];
    return typeof member === 'string' ? member : '';
  };
  return {
    id: text(0),
    description: text(1),
    load_state: text(2),
    active_state: text(3),
    sub_state: text(4),
    following: text(5),
    object_path: text(6),
    job_id: Number(members[7]),
    job_type: text(8),
    job_path: text(9),
  };
};
