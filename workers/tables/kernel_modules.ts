import { bigint, defineTable, type Table, text } from '../../protocol/table.ts';

export const kernelModules: Table = defineTable({
  name: 'kernel_modules',
  description: 'Modules that are loaded into the kernel.',
  example: "SELECT name, size FROM kernel_modules WHERE used_by = '-' ORDER BY size DESC;",
  columns: {
    name: text(),
    size: bigint(),
    used_by: text(),
    status: text(),
    address: text(),
  },
  *generate(query) {
    // name, size, use count, users, state, address; a line that is cut short is no module.
    for (const line of (query.files.readText('/proc/modules') ?? '').split('\n')) {
      const [name, size = '', , users, status, address] = line.trimEnd().split(' ');
      if (address === undefined || !/^\d+$/.test(size)) continue;
      // The kernel ends every user with a comma, the last one too.
      yield { name, size: Number(size), used_by: users?.replace(/,$/, ''), status, address };
    }
  },
});
