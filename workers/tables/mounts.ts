import type { HostFiles } from '../../protocol/host-files.ts';
import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';
import { mountEntries } from '../host/mount-entries.ts';

/** Counts are whole; osquery keeps the lower 32 bits of them. */
export const mounts: Table = defineTable({
  name: 'mounts',
  description: 'Mounted file systems and the space on them.',
  example: 'SELECT path, type, blocks_available * 100 / blocks AS percent_free FROM mounts WHERE blocks > 0;',
  columns: {
    device: text(),
    device_alias: text(),
    path: text(),
    type: text(),
    blocks_size: bigint(),
    blocks: bigint(),
    blocks_free: bigint(),
    blocks_available: bigint(),
    inodes: bigint(),
    inodes_free: bigint(),
    flags: text(),
  },
  *generate(query) {
    const usesSpace = query.uses(
      'blocks_size',
      'blocks',
      'blocks_free',
      'blocks_available',
      'inodes',
      'inodes_free',
    );
    const usesAlias = query.uses('device_alias');
    for (const { device, path, type, flags } of mountEntries(query.files)) {
      // statfs of an automount would mount it. As in osquery, what nobody tells is 0.
      const space = usesSpace && type !== 'autofs' ? query.files.statfs(path) : undefined;
      const device_alias = usesAlias ? canonical(query.files, device) : undefined;
      yield {
        device,
        device_alias,
        path,
        type,
        blocks_size: space?.block_bytes ?? 0,
        blocks: space?.blocks ?? 0,
        blocks_free: space?.blocks_free ?? 0,
        blocks_available: space?.blocks_available ?? 0,
        inodes: space?.inodes ?? 0,
        inodes_free: space?.inodes_free ?? 0,
        flags,
      };
    }
  },
});

/** Many devices are no path but a name (`tmpfs`): those stand for themselves. */
const canonical = (files: HostFiles, device: string): string =>
  device.startsWith('/') ? (files.realPath(device) ?? device) : device;
