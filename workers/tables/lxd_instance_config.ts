import { defineTable, type Table, text } from '../../protocol/table.ts';
import { askedNames, openLxd } from '../host/lxd.ts';
import { textMembersOf } from '../parsers/json-fields.ts';

export const lxdInstanceConfig: Table = defineTable({
  name: 'lxd_instance_config',
  description: 'Settings of an instance of LXD.',
  needs: 'net',
  columns: {
    name: text({ index: true, required: true }),
    key: text(),
    value: text(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    for (const name of askedNames(query.equals('name') ?? [])) {
      const instance = await lxd.get(`/1.0/containers/${name}`);
      for (const setting of textMembersOf(instance, 'config')) yield { name, ...setting };
    }
  },
});
