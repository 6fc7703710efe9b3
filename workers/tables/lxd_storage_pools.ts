import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { openLxd } from '../host/lxd.ts';
import { integerOf, textOf } from '../parsers/json-fields.ts';

export const lxdStoragePools: Table = defineTable({
  name: 'lxd_storage_pools',
  description: 'Storage pools of LXD.',
  needs: 'net',
  columns: {
    name: text(),
    driver: text(),
    source: text(),
    size: text(),
    space_used: bigint(),
    space_total: bigint(),
    inodes_used: bigint(),
    inodes_total: bigint(),
  },
  async *generate(query) {
    const lxd = openLxd(query);
    for (const path of await lxd.list('/1.0/storage-pools')) {
      const pool = await lxd.get(path);
      if (pool === undefined) continue;
      const used = query.uses('space_used', 'space_total', 'inodes_used', 'inodes_total')
        ? await lxd.get(`${path}/resources`)
        : undefined;
      const resource = (kind: string, which: string): number | null =>
        used === undefined ? null : integerOf(used, kind, which);
      yield {
        name: textOf(pool, 'name'),
        driver: textOf(pool, 'driver'),
        source: textOf(pool, 'config', 'source'),
        size: textOf(pool, 'config', 'size'),
        space_used: resource('space', 'used'),
        space_total: resource('space', 'total'),
        inodes_used: resource('inodes', 'used'),
        inodes_total: resource('inodes', 'total'),
      };
    }
  },
});
