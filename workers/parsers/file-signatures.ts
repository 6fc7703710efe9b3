/** A kind of file that is known by bytes at a place. */
export interface Signature {
  readonly at: number;
  /** Bytes as latin1. */
  readonly bytes: string;
  /** As file(1) begins its description. */
  readonly data: string;
  readonly mime_type: string;
}

const signature = (bytes: string, data: string, mime_type: string, at = 0): Signature => ({
  at,
  bytes,
  data,
  mime_type,
});

/** Kinds of binary files, the more special ones first. */
export const signatures: readonly Signature[] = [
  signature('\x89PNG\r\n\x1a\n', 'PNG image data', 'image/png'),
  signature('\xff\xd8\xff', 'JPEG image data', 'image/jpeg'),
  signature('GIF87a', 'GIF image data, version 87a', 'image/gif'),
  signature('GIF89a', 'GIF image data, version 89a', 'image/gif'),
  signature('II*\0', 'TIFF image data, little-endian', 'image/tiff'),
  signature('MM\0*', 'TIFF image data, big-endian', 'image/tiff'),
  signature('WEBP', 'RIFF (little-endian) data, Web/P image', 'image/webp', 8),
  signature('WAVE', 'RIFF (little-endian) data, WAVE audio', 'audio/x-wav', 8),
  signature('\x1f\x8b', 'gzip compressed data', 'application/gzip'),
  signature('BZh', 'bzip2 compressed data', 'application/x-bzip2'),
  signature('\xfd7zXZ\0', 'XZ compressed data', 'application/x-xz'),
  signature('\x28\xb5\x2f\xfd', 'Zstandard compressed data', 'application/zstd'),
  signature("7z\xbc\xaf'\x1c", '7-zip archive data', 'application/x-7z-compressed'),
  signature('PK\x03\x04', 'Zip archive data', 'application/zip'),
  signature('PK\x05\x06', 'Zip archive data (empty)', 'application/zip'),
  signature('Rar!\x1a\x07', 'RAR archive data', 'application/x-rar'),
  signature('ustar', 'POSIX tar archive', 'application/x-tar', 257),
  signature('!<arch>\ndebian', 'Debian binary package', 'application/vnd.debian.binary-package'),
  signature('!<arch>\n', 'current ar archive', 'application/x-archive'),
  signature('\xed\xab\xee\xdb', 'RPM', 'application/x-rpm'),
  signature('SQLite format 3\0', 'SQLite 3.x database', 'application/vnd.sqlite3'),
  signature('\0asm', 'WebAssembly (wasm) binary module', 'application/wasm'),
  signature('\xca\xfe\xba\xbe\0\0\0', 'compiled Java class data', 'application/x-java-applet'),
  signature('OggS', 'Ogg data', 'application/ogg'),
  signature('fLaC', 'FLAC audio bitstream data', 'audio/flac'),
  signature('ftyp', 'ISO Media', 'video/mp4', 4),
  signature('\x1aE\xdf\xa3', 'Matroska data', 'video/x-matroska'),
  signature('LUKS\xba\xbe', 'LUKS encrypted file', 'application/octet-stream'),
  signature('MZ', 'MS-DOS executable', 'application/x-dosexec'),
];

/** Kinds of text by how it begins; `data` stands before the name of the encoding. */
export const textStarts: readonly (readonly [pattern: RegExp, data: string, mime_type: string])[] = [
  [/^#! ?\/(usr\/)?bin\/(env )?(ba|da|k|z)?sh\b/, 'shell script', 'text/x-shellscript'],
  [/^#! ?\S*(env )?\S*python/, 'Python script', 'text/x-script.python'],
  [/^#! ?\S*(env )?\S*perl/, 'Perl script', 'text/x-perl'],
  [/^#! ?\S/, 'script', 'text/plain'],
  [/^<\?xml /, 'XML document', 'text/xml'],
  [/^\s*<(!doctype html|html|head)\b/i, 'HTML document', 'text/html'],
  [/^-----BEGIN CERTIFICATE-----/, 'PEM certificate', 'text/plain'],
  [/^-----BEGIN OPENSSH PRIVATE KEY-----/, 'OpenSSH private key', 'text/plain'],
];
