import { createRequire, registerHooks } from 'node:module';
import type pidusage from 'pidusage';
import type { KernelUnits } from './auxv.ts';

/** Where pidusage starts `getconf` through a shell, twice, at its first use on Linux. */
const asker = '/pidusage/lib/helpers/cpu.js';
const answerUrl = 'leash:getconf';

/**
 * Loads pidusage so that it starts no program: the module that would ask `getconf` for the clock tick and the page
 * size is given one that knows both. Nothing else sees it: the hooks are gone when this returns. Without the units
 * (no Linux) pidusage is left as it is.
 */
export const loadPidusage = (units: KernelUnits | undefined): typeof pidusage => {
  const load = createRequire(import.meta.url);
  if (units === undefined) return load('pidusage');
  const answers = { 'getconf CLK_TCK': units.ticksPerSecond, 'getconf PAGESIZE': units.page_bytes };
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      isChildProcess(specifier) && context.parentURL?.endsWith(asker) === true
        ? { url: answerUrl, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === answerUrl
        ? { format: 'commonjs', source: answeringModule(answers), shortCircuit: true }
        : next(url, context),
  });
  try {
    return load('pidusage');
  } finally {
    hooks.deregister();
  }
};

const isChildProcess = (specifier: string): boolean => /^(node:)?child_process$/.test(specifier);

/** The one call that is made, `exec(command, (error, stdout) => …)`, answered from a list. */
const answeringModule = (answers: Readonly<Record<string, number>>): string => `
  const answers = ${JSON.stringify(answers)};
  exports.exec = (command, done) =>
    command in answers ? done(null, String(answers[command])) : done(new Error('no program is started: ' + command));
`;
