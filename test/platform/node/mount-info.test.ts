import t from 'tap';
import { parseMountInfo } from '../../../platform/node/mount-info.ts';

t.test('mounts: options, spaces, FUSE and who answers for it', async (t) => {
  const mounts = parseMountInfo(
    [
      '22 27 0:21 / /proc rw,nosuid,nodev,noexec - proc proc rw',
      '27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw',
      '40 27 0:50 / /mnt/a\\040b\\134c rw - fuse.sshfs me@host: rw,user_id=1000,group_id=1000,allow_other',
      '41 27 0:51 / /mnt/c rw - fuse /dev/fuse rw,user_id=0,group_id=0',
      '42 27 0:52 / /mnt/d rw - fuseblk /dev/sdb rw,user_id=0',
      '43 27 0:53 / /sys/fs/fuse/connections rw - fusectl fusectl rw',
      '44 27 0:54 / /mnt/e rw - fuse.x x rw',
      'damaged',
      '',
    ].join('\n'),
  );
  t.equal(mounts.size, 7);
  t.match(mounts.get(22), { mountPoint: '/proc', noexec: true, servedBy_uid: undefined });
  t.match(mounts.get(27), { type: 'ext4', noexec: false, servedBy_uid: undefined });
  t.match(mounts.get(40), { mountPoint: '/mnt/a b\\c', servedBy_uid: 1000 });
  t.equal(mounts.get(41)?.servedBy_uid, 0);
  t.equal(mounts.get(42)?.servedBy_uid, 0);
  t.equal(mounts.get(43)?.servedBy_uid, undefined);
  t.equal(mounts.get(44)?.servedBy_uid, -1, 'nobody who could be trusted');
});
