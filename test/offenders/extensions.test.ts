import t from 'tap';
import { whyNoNodeExtension } from '../supervisor/extensions/own-node.ts';
import { extensionOffenders } from './extensions/kinds.ts';
import { runExtensions } from './extensions/run-extensions.ts';

t.test(
  'every kind of extension meets its end, and its neighbours live on',
  { skip: whyNoNodeExtension() ?? false },
  async (t) => {
    const kinds = extensionOffenders.filter(({ longOnly }) => longOnly === undefined);
    const { reports, problems: aside } = await runExtensions(kinds, 'short');
    for (const { offender, problems } of reports) t.strictSame(problems, [], offender.name);
    t.strictSame(aside, [], 'the extension and the queries beside them');
  },
);
