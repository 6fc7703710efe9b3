import type { WorkerProfile } from '../../protocol/worker-profile.ts';
import type { Wanted } from './slots.ts';

/** What is known when the workforce asks which processes to start. */
export interface StartSituation {
  /** One entry for each request that lacks a worker, the most urgent first. */
  readonly wanted: readonly Wanted[];
  /** Idle workers that are to be kept beyond the need and are not there; they are pure. */
  readonly missingSpares: number;
  /** Workers on their way, by profile. */
  readonly starting: Readonly<Record<WorkerProfile, number>>;
  /** How many more processes there may be. */
  readonly room: number;
  /** Starts in a row that did not reach `ready`, and what the last of them was to be. */
  readonly failedStarts: number;
  readonly lastFailed: WorkerProfile | undefined;
}

/** Which processes to start, and which requests lack one only because there may be no more. */
export interface StartPlan {
  readonly start: readonly WorkerProfile[];
  readonly lacking: readonly Wanted[];
}

/**
 * Decides which workers to start. After a failed start: one at a time, and of the other kind if that is wanted, so that
 * a kind that cannot be started holds nobody else up. Pure.
 */
export const planStarts = (situation: StartSituation): StartPlan => {
  const { starting, room, failedStarts, lastFailed } = situation;
  const spare: Wanted = { profile: 'pure', fresh: false };
  const spares = Array.from({ length: situation.missingSpares }, () => spare);
  const onTheirWay = { ...starting };
  const missing = [...situation.wanted, ...spares].filter(({ profile }) => {
    onTheirWay[profile] -= 1;
    return onTheirWay[profile] < 0;
  });
  const allowed = failedStarts === 0 ? missing : oneOf(missing, starting, lastFailed);
  const beyond = allowed.slice(Math.max(0, room));
  return {
    start: allowed.slice(0, Math.max(0, room)).map(({ profile }) => profile),
    lacking: beyond.filter((each) => each !== spare),
  };
};

const oneOf = (
  missing: readonly Wanted[],
  starting: StartSituation['starting'],
  lastFailed: WorkerProfile | undefined,
): readonly Wanted[] => {
  if (starting.pure + starting.net > 0) return [];
  const one = missing.find(({ profile }) => profile !== lastFailed) ?? missing[0];
  return one === undefined ? [] : [one];
};
