import { defineTable, type Table, text } from '../../protocol/table.ts';

const directory = '/sys/class/mei';

/** Of a kernel that does not tell the version (before 4.20) it could only be had from the device itself. */
export const intelMeInfo: Table = defineTable({
  name: 'intel_me_info',
  description: 'Version of Intel’s Management Engine, as the kernel tells it; empty where there is none.',
  columns: { version: text({ collate: 'VERSION' }) },
  *generate({ files }) {
    for (const name of (files.list(directory) ?? []).toSorted()) {
      const told = files.readText(`${directory}/${name}/fw_ver`);
      if (told === undefined) {
        throw new Error(
          `the kernel does not tell the version of ${name}, and Leash opens no device; intelmetool(8) does`,
        );
      }
      // One block of the firmware a line, the running one first: platform:major.minor.milestone.build. All of it is 0
      // for a device of the same driver that is no Management Engine, such as that of a graphics card.
      const version = /^\d+:(\d+(?:\.\d+)*)/.exec(told)?.[1];
      if (version !== undefined && /[1-9]/.test(version)) yield { version };
    }
  },
});
