/** What our own SDK says that it is: the osquery whose protocol it speaks. */
export const ownSdkVersion = '5.19.0';

/** Extensions of older SDKs speak another protocol. */
const oldest = [1, 7, 7] as const;

/**
 * Whether an extension's SDK is one whose protocol this is: 1.7.7 or newer, or `0.0.0`, which a build without a version
 * says. Extensions in use leave it empty too; that passes, since there is nothing in it to object to.
 */
export const isSdkSupported = (version: string): boolean => {
  if (version === '' || version === '0.0.0') return true;
  const parts = /^(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?/.exec(version);
  if (parts === null) return false;
  for (const [index, least] of oldest.entries()) {
    const part = Number(parts[index + 1] ?? 0);
    if (part !== least) return part > least;
  }
  return true;
};
