/** Resident minus shared memory of a process, from the text of proc_pid_statm(5): size, resident, shared, … in pages. */
export const privateBytesOf = (statm: string, page_bytes: number): number => {
  const [, resident = 0, shared = 0] = statm.split(' ').map(Number);
  return (resident - shared) * page_bytes;
};
