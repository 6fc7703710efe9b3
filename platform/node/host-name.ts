import { hostname } from 'node:os';

/** The name of this host (uname's nodename). */
export const hostName = (): string => hostname();
