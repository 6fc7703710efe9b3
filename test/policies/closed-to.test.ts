import t from 'tap';
import { firstClosedTo } from '../../policies/path-safety/closed-to.ts';
import type { PathFacts, Trail } from '../../protocol/path-facts.ts';

const directory = (path: string, mode: number, uid = 0, gid = 0): PathFacts => ({
  path,
  kind: 'directory',
  uid,
  gid,
  mode,
  links: 2,
  device: '1',
  inode: path,
  mount: undefined,
});
const way = (...components: readonly PathFacts[]): Trail => ({
  path: components.at(-1)?.path ?? '/',
  components,
  end: { reached: false, component: '/', problem: 'missing' },
});
const user = { uid: 1000, gid: 100 };

t.test('owner, group and others each have a bit of their own', async (t) => {
  const closed = (mode: number, uid = 0, gid = 0) =>
    firstClosedTo(way(directory('/d', mode, uid, gid)), user)?.path;
  t.equal(closed(0o711), undefined);
  t.equal(closed(0o710), '/d');
  t.equal(closed(0o710, 0, 100), undefined);
  t.equal(closed(0o701, 0, 100), '/d', 'the group of a directory has no right of others');
  t.equal(closed(0o700, 1000), undefined);
  t.equal(closed(0o011, 1000, 100), '/d', 'nor has its owner');
});

t.test('the first one on the way is told; root may enter all', async (t) => {
  const trail = way(directory('/', 0o755), directory('/a', 0o700), directory('/a/b', 0o700));
  t.equal(firstClosedTo(trail, user)?.path, '/a');
  t.equal(firstClosedTo(trail, { uid: 0, gid: 0 }), undefined);
});
