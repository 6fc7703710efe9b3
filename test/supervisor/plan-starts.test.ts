import t from 'tap';
import { planStarts, type StartSituation } from '../../supervisor/workforce/plan-starts.ts';

const calm: StartSituation = {
  wanted: [],
  missingSpares: 0,
  starting: { pure: 0, net: 0 },
  room: 8,
  failedStarts: 0,
  lastFailed: undefined,
};
const pure = { profile: 'pure', fresh: false } as const;
const net = { profile: 'net', fresh: false } as const;

t.test('what is wanted is started in order, spares last, less what is on its way', async (t) => {
  t.strictSame(planStarts({ ...calm, wanted: [net, pure], missingSpares: 1 }).start, ['net', 'pure', 'pure']);
  const starting = { pure: 1, net: 0 };
  t.strictSame(planStarts({ ...calm, wanted: [pure, net, pure], starting }).start, ['net', 'pure']);
});

t.test('what finds no room lacks it; a spare never does', async (t) => {
  const plan = planStarts({ ...calm, wanted: [pure, net], missingSpares: 2, room: 1 });
  t.strictSame(plan, { start: ['pure'], lacking: [net] });
  t.strictSame(planStarts({ ...calm, wanted: [net], room: -1 }), { start: [], lacking: [net] });
});

t.test(
  'after a failed start one at a time, and not the same kind again while another is wanted',
  async (t) => {
    const failed = { ...calm, failedStarts: 2, lastFailed: 'net' } as const;
    t.strictSame(planStarts({ ...failed, wanted: [net, net, pure] }).start, ['pure']);
    t.strictSame(planStarts({ ...failed, wanted: [net, net] }).start, ['net']);
    t.strictSame(planStarts({ ...failed, wanted: [net, pure], starting: { pure: 0, net: 1 } }).start, []);
  },
);
