/** Replaced by the bundler; absent when the sources run as they are. */
declare const LEASH_BUILD_ID: string | undefined;

/** Identity of this build. Supervisor and worker compare theirs, so that a half-replaced installation is refused. */
export const buildId: string = typeof LEASH_BUILD_ID === 'string' ? LEASH_BUILD_ID : 'dev';
