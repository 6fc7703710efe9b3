/**
 * What a worker may do beyond reading files. `pure`: nothing. `net`: open sockets, for statements that read a table
 * which needs one; it still cannot write, start a process or load an addon.
 */
export type WorkerProfile = 'pure' | 'net';

export const workerProfiles: readonly WorkerProfile[] = ['pure', 'net'];
