import { parsePasswd } from './passwd.ts';
import { textLines } from './text-lines.ts';

/** A node of a file as Augeas shows it. */
export interface AugeasNode {
  readonly label: string;
  /** '' where it has none. */
  readonly value: string;
  readonly children: readonly AugeasNode[];
}

const node = (label: string, value: string, children: readonly AugeasNode[] = []): AugeasNode => ({
  label,
  value,
  children,
});
const comment = (text: string): AugeasNode[] => (text === '' ? [] : [node('#comment', text)]);
/** Members whose text is empty have no node. */
const members = (fields: readonly (readonly [label: string, value: string])[]): AugeasNode[] =>
  fields.filter(([, value]) => value !== '').map(([label, value]) => node(label, value));

/** hosts(5), as lens Hosts reads it: numbered entries. */
const hosts = (content: string): AugeasNode[] => {
  let count = 0;
  return textLines(content).flatMap((line) => {
    if (line.startsWith('#')) return comment(line.slice(1).trim());
    const [entry = '', ...note] = line.split('#');
    const [ipaddr = '', canonical = '', ...aliases] = entry.trim().split(/\s+/);
    if (canonical === '') return [];
    count += 1;
    const names = aliases.map((alias) => node('alias', alias));
    const parts = [node('ipaddr', ipaddr), node('canonical', canonical), ...names];
    return [node(String(count), '', [...parts, ...comment(note.join('#').trim())])];
  });
};

/** sysctl.conf(5), as lens Sysctl reads it. */
const sysctl = (content: string): AugeasNode[] =>
  textLines(content).flatMap((line) => {
    if (/^[#;]/.test(line)) return comment(line.slice(1).trim());
    const [, key, value = ''] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    return key === undefined ? [] : [node(key, value)];
  });

/** passwd(5), as lens Passwd reads it; the password is never shown, as it is elsewhere today. */
const passwd = (content: string): AugeasNode[] =>
  parsePasswd(content).map(({ username, uid, gid, description, directory, shell }) =>
    node(username, '', [
      node('password', 'x'),
      ...members([
        ['uid', String(uid)],
        ['gid', String(gid)],
        ['name', description],
        ['home', directory],
        ['shell', shell],
      ]),
    ]),
  );

/** Readers of the files that are known. */
export const augeasReaders: Readonly<Record<string, (content: string) => readonly AugeasNode[]>> = {
  '/etc/hosts': hosts,
  '/etc/passwd': passwd,
  '/etc/sysctl.conf': sysctl,
};
