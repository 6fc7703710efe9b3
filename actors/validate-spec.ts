import type { Backoff, ChildSpec, DynamicSupervisorSpec, SupervisorSpec } from './supervisor-spec.ts';
import type { Shutdown } from './types.ts';

/** Throws an error that names everything that is wrong with a spec: it is wrong in the program, not at run time. */
export const validateSupervisor = (spec: SupervisorSpec): void => {
  const ids = spec.children.map((child) => child.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  refuse([
    ...problemsOfLimits(spec),
    ...twice.map((id) => `two children are called '${id}'`),
    ...spec.children.flatMap((child) =>
      problemsOfChild(child, spec).map((problem) => `child '${child.id}': ${problem}`),
    ),
  ]);
};

/** The same for a supervisor whose children come later. */
export const validateDynamic = (spec: DynamicSupervisorSpec<never, never>): void => {
  const { maxChildren } = spec;
  const bounded = Number.isSafeInteger(maxChildren) && maxChildren > 0;
  refuse([
    ...problemsOfLimits(spec),
    ...(bounded ? [] : [`maxChildren is a number of at least 1, not ${maxChildren}`]),
    ...problemsOfTimes(spec),
  ]);
};

const refuse = (problems: readonly string[]): void => {
  if (problems.length > 0) throw new Error(`a supervisor cannot start: ${problems.join('; ')}`);
};

const problemsOfLimits = ({
  intensity,
  period_ms,
}: Pick<SupervisorSpec, 'intensity' | 'period_ms'>): readonly string[] => [
  ...(Number.isSafeInteger(intensity) && intensity >= 0
    ? []
    : [`intensity is a number of restarts, not ${intensity}`]),
  ...(period_ms > 0 ? [] : [`period_ms is a length of time, not ${period_ms}`]),
];

const problemsOfChild = (child: ChildSpec, { autoShutdown = 'never' }: SupervisorSpec): readonly string[] => [
  ...(child.id === '' || child.id.includes('/') ? ['an id is not empty and has no slash'] : []),
  ...(child.significant === true && child.restart === 'permanent'
    ? ['what is permanent never ends for good, so it cannot be significant']
    : []),
  ...(child.significant === true && autoShutdown === 'never'
    ? ['it is significant, but autoShutdown is never']
    : []),
  ...problemsOfTimes(child),
];

const problemsOfTimes = ({
  shutdown_ms,
  backoff,
}: {
  readonly shutdown_ms?: Shutdown;
  readonly backoff?: Backoff;
}): readonly string[] => [
  ...(typeof shutdown_ms !== 'number' || shutdown_ms >= 0
    ? []
    : [`shutdown_ms is a length of time, not ${shutdown_ms}`]),
  ...(backoff === undefined || isSensible(backoff)
    ? []
    : ['of a backoff, first_ms is at least 0, max_ms at least that, and jitter 0 to 1']),
];

const isSensible = ({ first_ms, max_ms, jitter }: Backoff): boolean =>
  first_ms >= 0 && max_ms >= first_ms && jitter >= 0 && jitter <= 1;
