import { defineTable, integer, type Table, text } from '../../protocol/table.ts';
import { askedNames, openLxd } from '../host/lxd.ts';
import { flagOf, integerOf, textOf } from '../parsers/json-fields.ts';

export const lxdInstances: Table = defineTable({
  name: 'lxd_instances',
  description: 'Instances of LXD, running or not.',
  needs: 'net',
  columns: {
    name: text({ index: true }),
    status: text(),
    stateful: integer(),
    ephemeral: integer(),
    created_at: text(),
    base_image: text(),
    architecture: text(),
    os: text(),
    description: text(),
    pid: integer(),
    processes: integer(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    const names = query.equals('name');
    const asked = names && askedNames(names).map((name) => `/1.0/containers/${name}`);
    for (const path of asked ?? (await lxd.list('/1.0/containers'))) {
      const instance = await lxd.get(path);
      if (instance === undefined) continue;
      const state = query.uses('pid', 'processes') ? await lxd.get(`${path}/state`) : undefined;
      const about = query.uses('architecture', 'os', 'description')
        ? await lxd.get(`${path}/metadata`)
        : undefined;
      yield {
        name: textOf(instance, 'name'),
        status: textOf(instance, 'status'),
        stateful: flagOf(instance, 'stateful'),
        ephemeral: flagOf(instance, 'ephemeral'),
        created_at: textOf(instance, 'created_at'),
        base_image: textOf(instance, 'config', 'volatile.base_image'),
        architecture: textOf(about, 'properties', 'architecture'),
        os: textOf(about, 'properties', 'os'),
        description: textOf(about, 'properties', 'description'),
        pid: state === undefined ? null : integerOf(state, 'pid'),
        processes: state === undefined ? null : integerOf(state, 'processes'),
      };
    }
  },
});
