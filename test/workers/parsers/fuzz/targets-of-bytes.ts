import { certificateSummary } from '../../../../workers/host/certificate-summary.ts';
import { decodeMessage, messageLength } from '../../../../workers/parsers/dbus-message.ts';
import { DbusReader } from '../../../../workers/parsers/dbus-reader.ts';
import { completeTypes } from '../../../../workers/parsers/dbus-signature.ts';
import { colonHex, derChildren, derOid, derText, derValues } from '../../../../workers/parsers/der.ts';
import { efiCertificates } from '../../../../workers/parsers/efi-signatures.ts';
import { fileMagic, head_bytes } from '../../../../workers/parsers/file-magic.ts';
import { presentPages } from '../../../../workers/parsers/pagemap.ts';
import { readPartitions } from '../../../../workers/parsers/partition-table.ts';
import { parsePemCertificates } from '../../../../workers/parsers/pem.ts';
import { berkeleyBlobs } from '../../../../workers/parsers/rpm-berkeley.ts';
import { rpmFiles } from '../../../../workers/parsers/rpm-files.ts';
import { parseRpmHeader, rpmTag } from '../../../../workers/parsers/rpm-header.ts';
import { ndbBlobs } from '../../../../workers/parsers/rpm-ndb.ts';
import { parseSmbios, smbiosString } from '../../../../workers/parsers/smbios.ts';
import { mappedRange } from '../../../../workers/parsers/smbios-mapped-range.ts';
import * as memoryNames from '../../../../workers/parsers/smbios-memory-names.ts';
import { smbiosByte, smbiosHandle, smbiosWord } from '../../../../workers/parsers/smbios-numbers.ts';
import { smbiosTypeName } from '../../../../workers/parsers/smbios-types.ts';
import { zoneAbbreviation } from '../../../../workers/parsers/tzif.ts';
import { parseUtmp } from '../../../../workers/parsers/utmp.ts';
import { parseCertificate } from '../../../../workers/parsers/x509.ts';
import * as extensions from '../../../../workers/parsers/x509-extensions.ts';
import { slashedName, spacedName } from '../../../../workers/parsers/x509-name.ts';
import { zipData, zipDirectory, zipEntries } from '../../../../workers/parsers/zip.ts';
import type { FuzzTarget } from './target.ts';

const rpmTags: ReadonlySet<number> = new Set(Object.values(rpmTag));
const extensionReaders = Object.values(extensions);
/** A zone's file is asked about times before, within and after its list. */
const times_unix_s = [-2_208_988_800, 0, 1_767_225_600, 4_102_444_800] as const;

/** Parsers of formats that are no text. */
export const targetsOfBytes: readonly FuzzTarget[] = [
  {
    name: 'dbus-message',
    parsers: ['dbus-message', 'dbus-reader', 'dbus-signature'],
    read: (bytes) => [messageLength(bytes), decodeMessage(bytes)],
  },
  {
    name: 'dbus-signature',
    parsers: ['dbus-signature', 'dbus-reader'],
    // The signature, a NUL, and the values that are said to be of it.
    read: (bytes) => {
      const end = bytes.indexOf(0);
      const signature = bytes.subarray(0, end === -1 ? bytes.length : end).toString('latin1');
      return [completeTypes(signature), new DbusReader(bytes, true, end + 1).values(signature)];
    },
  },
  {
    name: 'der',
    parsers: ['der'],
    read: (bytes) =>
      derValues(bytes).map((value) => [
        derChildren(value),
        derOid(value),
        derText(value),
        colonHex(value.content),
      ]),
  },
  {
    name: 'certificate',
    parsers: ['x509', 'x509-name', 'der'],
    read: (bytes) => {
      const certificate = parseCertificate(bytes);
      const names = [certificate?.issuerValue, certificate?.subjectValue];
      return [certificateSummary(bytes), names.map((name) => [slashedName(name), spacedName(name)])];
    },
  },
  {
    name: 'x509-extensions',
    parsers: ['x509-extensions', 'x509-name', 'der'],
    // One reader an input, by its length: a certificate's extension has one, and not the time of all together.
    read: (bytes) => extensionReaders[bytes.length % extensionReaders.length]?.(bytes),
  },
  {
    name: 'pem',
    parsers: ['pem', 'der'],
    read: (bytes) => [...parsePemCertificates(bytes.toString())].map(certificateSummary),
  },
  { name: 'efi-signatures', parsers: ['efi-signatures'], read: (bytes) => [...efiCertificates(bytes)] },
  {
    name: 'file-magic',
    parsers: ['file-magic', 'file-signatures'],
    read: (bytes) => [true, false].map((isWhole) => fileMagic(bytes.subarray(0, head_bytes), isWhole)),
  },
  { name: 'pagemap', parsers: ['pagemap'], read: presentPages },
  {
    name: 'partition-table',
    parsers: ['partition-table'],
    read: (bytes) => readPartitions((offset, length) => bytes.subarray(offset, offset + length)),
  },
  {
    name: 'rpm-berkeley',
    parsers: ['rpm-berkeley', 'berkeley-pages', 'rpm-blob'],
    read: (bytes) => [
      ...berkeleyBlobs((offset, length) => bytes.subarray(offset, offset + length), bytes.length),
    ],
  },
  {
    name: 'rpm-header',
    parsers: ['rpm-header', 'rpm-files'],
    read: (bytes) => {
      const header = parseRpmHeader(bytes, rpmTags);
      return header === undefined ? [] : [header.text(rpmTag.name), ...rpmFiles(header)];
    },
  },
  {
    name: 'rpm-ndb',
    parsers: ['rpm-ndb', 'rpm-blob'],
    read: (bytes) => [...ndbBlobs((offset, length) => bytes.subarray(offset, offset + length), bytes.length)],
  },
  {
    name: 'smbios',
    parsers: ['smbios', 'smbios-mapped-range', 'smbios-memory-names', 'smbios-numbers', 'smbios-types'],
    read: (bytes) =>
      parseSmbios(bytes).map((structure) => [
        smbiosTypeName(structure.type),
        smbiosString(structure, 4),
        smbiosHandle(smbiosWord(structure, 4)),
        mappedRange(structure, 0x0f),
        Object.values(memoryNames).map((name) => name(smbiosByte(structure, 5))),
      ]),
  },
  {
    name: 'tzif',
    parsers: ['tzif', 'posix-timezone'],
    read: (bytes) => times_unix_s.map((unix_s) => zoneAbbreviation(bytes, unix_s)),
  },
  { name: 'utmp', parsers: ['utmp'], read: parseUtmp },
  {
    name: 'zip',
    parsers: ['zip'],
    read: (bytes) => [zipDirectory(bytes), ...zipEntries(bytes).map((entry) => zipData(entry, bytes))],
  },
];
