/**
 * Set to `denied` for an extension whose manifest gives it no network: it has to give up the right to open sockets as
 * soon as it serves.
 */
export const networkVariable = 'LEASH_EXTENSION_NETWORK';
