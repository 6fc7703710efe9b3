import { group, passwd } from './accounts.ts';
import { cron, logrotate } from './jobs.ts';
import { modprobe, sysctl } from './kernel.ts';
import type { Lens } from './lens.ts';
import { fstab, limits, loginDefs, pam, pamConf, shells } from './login.ts';
import { aptSources, hostname, hosts, nsswitch, protocols, resolv, services } from './network.ts';
import { shellVariables } from './shell-variables.ts';
import { ssh, sshd } from './ssh.ts';
import { sudoers } from './sudoers.ts';

/** Files that have a lens. */
export interface KnownFiles {
  /** A path, or a directory, `*` and what the names in it end with; as in glob(7), hidden files are none of them. */
  readonly path: string;
  readonly lens: Lens;
  /** Names in the directory that Augeas gives to another lens or to none. */
  readonly except?: readonly string[];
}

/** The files that are known, those first that tell most of how a host is secured. */
export const knownFiles: readonly KnownFiles[] = [
  { path: '/etc/hosts', lens: hosts },
  { path: '/etc/passwd', lens: passwd },
  { path: '/etc/group', lens: group },
  { path: '/etc/sudoers', lens: sudoers },
  { path: '/etc/sudoers.d/*', lens: sudoers },
  { path: '/etc/ssh/sshd_config', lens: sshd },
  { path: '/etc/ssh/sshd_config.d/*.conf', lens: sshd },
  { path: '/etc/ssh/ssh_config', lens: ssh },
  { path: '/etc/ssh/ssh_config.d/*.conf', lens: ssh },
  { path: '/etc/pam.conf', lens: pamConf },
  { path: '/etc/pam.d/*', lens: pam, except: ['allow.pamlist', 'README'] },
  { path: '/etc/login.defs', lens: loginDefs },
  { path: '/etc/security/limits.conf', lens: limits },
  { path: '/etc/security/limits.d/*.conf', lens: limits },
  { path: '/etc/shells', lens: shells },
  { path: '/etc/fstab', lens: fstab },
  { path: '/etc/crontab', lens: cron },
  { path: '/etc/cron.d/*', lens: cron, except: ['at.allow', 'at.deny', 'cron.allow', 'cron.deny'] },
  { path: '/etc/sysctl.conf', lens: sysctl },
  { path: '/etc/sysctl.d/*', lens: sysctl, except: ['README', 'README.sysctl'] },
  { path: '/etc/modprobe.conf', lens: modprobe },
  { path: '/etc/modprobe.d/*', lens: modprobe },
  { path: '/etc/resolv.conf', lens: resolv },
  { path: '/etc/nsswitch.conf', lens: nsswitch },
  { path: '/etc/hostname', lens: hostname },
  { path: '/etc/mailname', lens: hostname },
  { path: '/etc/services', lens: services },
  { path: '/etc/protocols', lens: protocols },
  { path: '/etc/apt/sources.list', lens: aptSources },
  { path: '/etc/apt/sources.list.d/*.list', lens: aptSources },
  { path: '/etc/logrotate.conf', lens: logrotate },
  { path: '/etc/logrotate.d/*', lens: logrotate },
  { path: '/etc/environment', lens: shellVariables },
  { path: '/etc/os-release', lens: shellVariables },
  { path: '/etc/lsb-release', lens: shellVariables },
  { path: '/etc/selinux/config', lens: shellVariables },
];

/** Spare copies that editors and package managers leave beside a file. */
const spareCopy = /~$|\.(?:rpmnew|rpmsave|dpkg-(?:old|new|bak|dist)|augsave|augnew|bak|old)$|^#.*#$/s;

/** The directory of files that are known by a pattern; undefined for one that is known by its path. */
export const directoryOf = ({ path }: KnownFiles): string | undefined => /^(.*)\/\*/.exec(path)?.[1];

/** Whether a name in that directory belongs to the files. */
export const isMember = ({ path, except = [] }: KnownFiles, name: string): boolean =>
  name.endsWith(path.slice(path.indexOf('*') + 1)) &&
  !name.startsWith('.') &&
  !spareCopy.test(name) &&
  !except.includes(name);
