import { spawnSync } from 'node:child_process';

export const runsAsRoot: boolean = process.getuid?.() === 0;
/** A user whom no test file belongs to unless it says so; `nobody` on every distribution. */
export const otherUid = 65534;

/** Whether that user can run these tests' own files: not from a checkout below a directory that is closed to others. */
export const otherUserRuns: boolean =
  runsAsRoot &&
  spawnSync(
    process.execPath,
    ['-e', 'require("node:fs").readFileSync(process.argv[1])', import.meta.filename],
    {
      uid: otherUid,
      gid: otherUid,
      env: {},
    },
  ).status === 0;
