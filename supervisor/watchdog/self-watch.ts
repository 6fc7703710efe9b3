import type { Behaviour, Context } from '../../actors/types.ts';
import type { SampleSource } from '../../platform/sampler.ts';
import type { Sample } from '../../protocol/sample.ts';

/** What the supervisor itself costs. */
export interface SelfUsage {
  readonly rss_bytes: number;
  /** Percent of one core between the last two looks; undefined until there were two. */
  readonly cpu_percent: number | undefined;
}

/** The latest measurement of the supervisor, for `leash status`. Written by the actor alone. */
export class SelfUsageBoard {
  latest: SelfUsage | undefined;
}

/** The portable sampler costs up to a fifth of a millisecond a look: this often it is not seen in the numbers. */
const every_ms = 10_000;
/** Its first reading is asked for when it is opened, and soon there. */
const first_ms = 500;

interface Look {
  readonly type: 'look';
}

interface State {
  readonly before: Sample | undefined;
}

/** Measures the process that it runs in, at the slow cadence. */
export const selfWatch = (source: SampleSource, board: SelfUsageBoard): Behaviour<Look, State> => ({
  init: (context) => {
    context.startTimer('look', first_ms, { type: 'look' });
    return { before: undefined };
  },
  receive: ({ before }, _look, context) => {
    const taken = source.read();
    again(context);
    if (!taken.ok) return { before };
    const { value: now } = taken;
    const elapsed_ms = before === undefined ? 0 : now.at_ms - before.at_ms;
    const used_ms = before === undefined ? 0 : now.cpu_ms - before.cpu_ms;
    board.latest = {
      rss_bytes: now.private_bytes,
      cpu_percent: elapsed_ms > 0 ? (used_ms / elapsed_ms) * 100 : board.latest?.cpu_percent,
    };
    return { before: now };
  },
  stopped: () => source.close(),
});

const again = (context: Context<Look>): void => context.startTimer('look', every_ms, { type: 'look' });
