import { spawnSync } from 'node:child_process';

export const runsAsRoot: boolean = process.getuid?.() === 0;
/** A user whom no test file belongs to unless it says so; `nobody` on every distribution. */
export const otherUid = 65534;
/** The same, as a process is started as. */
export const nobody: { readonly uid: number; readonly gid: number } = { uid: otherUid, gid: otherUid };

/** Whether that user can run these tests' own files: not from a checkout below a directory that is closed to others. */
export const otherUserRuns: boolean =
  runsAsRoot &&
  spawnSync(
    process.execPath,
    ['-e', 'require("node:fs").readFileSync(process.argv[1])', import.meta.filename],
    {
      ...nobody,
      env: {},
    },
  ).status === 0;

/** Why a test that asks as that user is skipped, if it is. */
export const whyNoOtherUser: string | false = otherUserRuns
  ? false
  : 'needs root, and a checkout that others may read, to ask as somebody else';
