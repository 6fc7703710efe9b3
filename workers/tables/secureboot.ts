import type { HostFiles } from '../../protocol/host-files.ts';
import { defineTable, integer, type Table, text } from '../../protocol/table.ts';

/** Variables of the firmware (UEFI, section 3.3), with the GUID of all that the standard itself names. */
const variables = '/sys/firmware/efi/efivars';
const globalGuid = '8be4df61-93ca-11d2-aa0d-00e098032b8c';

export const secureboot: Table = defineTable({
  name: 'secureboot',
  description: 'Whether the firmware checks what it starts. NULL where it has no UEFI variables.',
  columns: {
    secure_boot: integer(),
    secure_mode: integer({ hidden: true }),
    description: text({ hidden: true }),
    kernel_extensions: integer({ hidden: true }),
    mdm_operations: integer({ hidden: true }),
    setup_mode: integer(),
  },
  *generate(query) {
    yield {
      secure_boot: query.uses('secure_boot') ? switchOf(query.files, 'SecureBoot') : undefined,
      setup_mode: query.uses('setup_mode') ? switchOf(query.files, 'SetupMode') : undefined,
    };
  },
});

/** The byte after four of attributes; -1 for another value than off and on. */
const switchOf = (files: HostFiles, name: string): number | undefined => {
  const [value, ...more] = files.readBytes(`${variables}/${name}-${globalGuid}`)?.subarray(4) ?? [];
  if (value === undefined || more.length > 0) return undefined;
  return value <= 1 ? value : -1;
};
