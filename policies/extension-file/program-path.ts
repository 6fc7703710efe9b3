/**
 * Where programs are looked for, and PATH of everything that is started: the caller's own PATH may lead anywhere.
 * In this order, as the usual login of root has it.
 */
export const programDirectories: readonly string[] = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];
