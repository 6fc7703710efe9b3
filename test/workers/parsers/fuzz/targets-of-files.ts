import { privateKeyFacts } from '../../../../workers/host/private-key.ts';
import { parseDeb822Sources, parseSourcesList } from '../../../../workers/parsers/apt-sources.ts';
import { parseAuthorizedKeys } from '../../../../workers/parsers/authorized-keys.ts';
import {
  chromeUnixSeconds,
  contentScripts,
  extensionSettings,
  localeOf,
  needsMessages,
  readChromeManifest,
  scalarsAsTexts,
} from '../../../../workers/parsers/chrome-manifest.ts';
import { parseCrontab } from '../../../../workers/parsers/crontab.ts';
import { deb822Paragraphs } from '../../../../workers/parsers/deb822.ts';
import { parseDesktopEntry } from '../../../../workers/parsers/desktop-entry.ts';
import { parseDpkgStatus } from '../../../../workers/parsers/dpkg-status.ts';
import { canonicalHostName, parseEtcHosts } from '../../../../workers/parsers/etc-hosts.ts';
import { parseGroup } from '../../../../workers/parsers/group.ts';
import { parseHardwareIds } from '../../../../workers/parsers/hardware-ids.ts';
import { parseInetDatabase } from '../../../../workers/parsers/inet-database.ts';
import { parseIni } from '../../../../workers/parsers/ini.ts';
import { ipBytes } from '../../../../workers/parsers/ip-bytes.ts';
import { likelyFirst, parseJetbrainsPlugin } from '../../../../workers/parsers/jetbrains-plugin.ts';
import {
  fieldOf,
  flagOf,
  integerOf,
  itemsOf,
  membersOf,
  parseJson,
  textMembersOf,
  textOf,
  textsOf,
  toldFlag,
  toldInteger,
} from '../../../../workers/parsers/json-fields.ts';
import { parseOpensshKey } from '../../../../workers/parsers/openssh-key.ts';
import { parseOsRelease } from '../../../../workers/parsers/os-release.ts';
import { parsePasswd } from '../../../../workers/parsers/passwd.ts';
import { pathParts } from '../../../../workers/parsers/path-parts.ts';
import { parsePathPattern } from '../../../../workers/parsers/path-pattern.ts';
import { parsePortageAtom, portageLines } from '../../../../workers/parsers/portage.ts';
import { posixAbbreviation } from '../../../../workers/parsers/posix-timezone.ts';
import { parsePrometheusText } from '../../../../workers/parsers/prometheus-text.ts';
import { parsePythonMetadata } from '../../../../workers/parsers/python-metadata.ts';
import { parseRedhatRelease } from '../../../../workers/parsers/redhat-release.ts';
import { parseResolvConf } from '../../../../workers/parsers/resolv-conf.ts';
import { parseRfc3339 } from '../../../../workers/parsers/rfc3339.ts';
import { parseShadow } from '../../../../workers/parsers/shadow.ts';
import { parseShellHistory } from '../../../../workers/parsers/shell-history.ts';
import { shortened, shortenedTexts } from '../../../../workers/parsers/shortened.ts';
import { parseSshConfig } from '../../../../workers/parsers/ssh-config.ts';
import { parseSudoers } from '../../../../workers/parsers/sudoers.ts';
import { parseSysctlConf } from '../../../../workers/parsers/sysctl-conf.ts';
import { xmlItems } from '../../../../workers/parsers/xml-items.ts';
import { type FuzzTarget, textTarget } from './target.ts';

/** The vendors of the hardware whose names the samples have. */
const vendors: ReadonlySet<string> = new Set(['8086', '1af4']);
const winter_unix_s = 1_767_225_600;
const summer_unix_s = 1_782_864_000;

/** Parsers of files, and of arguments, that people and packages write. */
export const targetsOfFiles: readonly FuzzTarget[] = [
  textTarget('sources-list', ['apt-sources'], parseSourcesList),
  textTarget('deb822', ['apt-sources', 'deb822'], (text) => [
    parseDeb822Sources(text),
    ...deb822Paragraphs(text),
  ]),
  textTarget('authorized-keys', ['authorized-keys', 'text-lines'], parseAuthorizedKeys),
  textTarget('chrome-manifest', ['chrome-manifest', 'json-fields'], (text) => {
    const json = parseJson(text);
    if (json === undefined) return chromeUnixSeconds(text);
    return [
      readChromeManifest(json, json),
      contentScripts(json),
      extensionSettings(json),
      needsMessages(json),
      localeOf(json),
      scalarsAsTexts(text, 1e4),
    ];
  }),
  textTarget('json', ['json-fields'], (text) => {
    const json = parseJson(text);
    const scalars = [fieldOf, textOf, integerOf, toldInteger, flagOf, toldFlag];
    const readers = [...scalars, itemsOf, membersOf, textsOf, textMembersOf];
    return readers.map((read) => [read(json), read(json, 'a'), read(json, 'a', '__proto__')]);
  }),
  textTarget('crontab', ['crontab'], (text) => [...parseCrontab(text)]),
  textTarget('desktop-entry', ['desktop-entry'], parseDesktopEntry),
  textTarget('dpkg-status', ['dpkg-status'], (text) => [
    ...parseDpkgStatus(text, ['Package', 'Status', 'Version', 'Installed-Size', 'Maintainer']),
  ]),
  textTarget('group', ['group', 'account-number'], parseGroup),
  textTarget('passwd', ['passwd', 'account-number'], parsePasswd),
  textTarget('shadow', ['shadow', 'account-number'], parseShadow),
  textTarget('hardware-ids', ['hardware-ids'], (text) => {
    const names = parseHardwareIds(text, vendors);
    return [names.vendor('8086'), names.model('8086', '1237'), names.deviceClass('06')];
  }),
  textTarget('etc-hosts', ['etc-hosts'], (text) => canonicalHostName(parseEtcHosts(text), 'web-01')),
  textTarget('inet-database', ['inet-database'], parseInetDatabase),
  textTarget('ini', ['ini'], parseIni),
  textTarget('ip-bytes', ['ip-bytes'], ipBytes),
  textTarget('jetbrains-plugin', ['jetbrains-plugin'], (text) => [
    parseJetbrainsPlugin(text),
    likelyFirst(text.split('\n'), text),
  ]),
  textTarget('private-key', ['openssh-key', 'key-strength'], (text) => [
    parseOpensshKey(text),
    privateKeyFacts(text),
  ]),
  textTarget('os-release', ['os-release'], parseOsRelease),
  textTarget('redhat-release', ['redhat-release'], parseRedhatRelease),
  textTarget('paths', ['path-parts', 'path-pattern'], (text) => {
    const pattern = parsePathPattern(text);
    return [pathParts(text), pattern];
  }),
  textTarget('portage', ['portage'], (text) => portageLines(text).map(({ atom }) => parsePortageAtom(atom))),
  textTarget('posix-timezone', ['posix-timezone'], (text) =>
    [winter_unix_s, summer_unix_s].map((unix_s) => posixAbbreviation(text, unix_s)),
  ),
  textTarget('prometheus-text', ['prometheus-text'], (text) => [...parsePrometheusText(text)]),
  textTarget('python-metadata', ['python-metadata'], parsePythonMetadata),
  textTarget('resolv-conf', ['resolv-conf', 'ipv4'], (text) => parseResolvConf(text, text)),
  textTarget('rfc3339', ['rfc3339'], parseRfc3339),
  textTarget('shell-history', ['shell-history'], (text) => [...parseShellHistory(text)]),
  textTarget('shortened', ['shortened'], (text) => [shortened(text, 40), shortenedTexts({ text }, 40)]),
  textTarget('ssh-config', ['ssh-config', 'text-lines'], (text) => [...parseSshConfig(text)]),
  textTarget('sudoers', ['sudoers'], parseSudoers),
  textTarget('sysctl-conf', ['sysctl-conf'], parseSysctlConf),
  textTarget('xml-items', ['xml-items'], (text) => xmlItems(text, ['title', 'link'])),
];
