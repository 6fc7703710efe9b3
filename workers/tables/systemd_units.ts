import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { systemBus, systemdUnits as unitsOf } from '../host/systemd.ts';

/** Columns that one property each serves: it is asked of every unit by itself. */
const propertyColumns = [
  ['unit_file_state', 'UnitFileState'],
  ['fragment_path', 'FragmentPath'],
  ['user', 'User'],
  ['source_path', 'SourcePath'],
] as const;

/** The table over the bus at this socket. */
export const systemdUnitsOf = (socketPath: string): Table =>
  defineTable({
    name: 'systemd_units',
    description: 'Units that systemd has loaded.',
    needs: 'net',
    columns: {
      id: text(),
      description: text(),
      load_state: text(),
      active_state: text(),
      sub_state: text(),
      unit_file_state: text(),
      following: text(),
      object_path: text(),
      job_id: bigint(),
      job_type: text(),
      job_path: text(),
      fragment_path: text(),
      user: text(),
      source_path: text(),
    },
    async generate(query) {
      const asked = propertyColumns.filter(([column]) => query.uses(column)).map(([, property]) => property);
      const units = await unitsOf(query, socketPath, asked);
      return units.map((each) => ({
        ...each.unit,
        ...Object.fromEntries(propertyColumns.map(([column, property]) => [column, each.text(property)])),
      }));
    },
  });

export const systemdUnits: Table = systemdUnitsOf(systemBus);
