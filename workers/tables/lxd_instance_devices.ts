import { defineTable, type Table, text } from '../../protocol/table.ts';
import { askedNames, openLxd } from '../host/lxd.ts';
import { membersOf, textMembersOf, textOf } from '../parsers/json-fields.ts';

export const lxdInstanceDevices: Table = defineTable({
  name: 'lxd_instance_devices',
  description: 'Devices of an instance of LXD, those of its profiles among them, one row a setting.',
  needs: 'net',
  columns: {
    name: text({ index: true, required: true }),
    device: text(),
    device_type: text(),
    key: text(),
    value: text(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    for (const name of askedNames(query.equals('name') ?? [])) {
      const instance = await lxd.get(`/1.0/containers/${name}`);
      for (const [device, about] of membersOf(instance, 'expanded_devices')) {
        const device_type = textOf(about, 'type');
        for (const setting of textMembersOf(about)) {
          if (setting.key !== 'type') yield { name, device, device_type, ...setting };
        }
      }
    }
  },
});
