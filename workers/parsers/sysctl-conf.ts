/**
 * Assignments of a file of sysctl.d(5): values by names whose parts are separated by dots. A name may have slashes
 * instead, and a hyphen before it, which says that failing is no error. A later assignment holds.
 */
export const parseSysctlConf = (content: string): ReadonlyMap<string, string> =>
  new Map(
    content.split('\n').flatMap((line) => {
      const equals = line.indexOf('=');
      const name = line.slice(0, Math.max(0, equals)).trim().replace(/^-/, '');
      if (name === '' || /^[#;]/.test(name)) return [];
      return [[name.replaceAll('/', '.'), line.slice(equals + 1).trim()] as const];
    }),
  );
