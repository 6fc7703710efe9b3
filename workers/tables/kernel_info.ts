import { defineTable, type Table, text } from '../../protocol/table.ts';

export const kernelInfo: Table = defineTable({
  name: 'kernel_info',
  description: 'The running kernel and how it was booted.',
  example: 'SELECT version, arguments FROM kernel_info;',
  cacheable: true,
  columns: {
    version: text({ collate: 'VERSION' }),
    arguments: text(),
    path: text(),
    device: text(),
  },
  *generate(query) {
    const words = (query.files.readText('/proc/cmdline') ?? '').split(/\s+/).filter((word) => word !== '');
    // Given twice, the last one holds for the kernel.
    const parameter = (key: string): string | undefined =>
      words.findLast((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
    const version = /^Linux version (\S+)/.exec(query.files.readText('/proc/version') ?? '')?.[1];
    const others = words.filter((word) => !/^(BOOT_IMAGE|root)=/.test(word));
    yield { version, arguments: others.join(' '), path: parameter('BOOT_IMAGE'), device: parameter('root') };
  },
});
