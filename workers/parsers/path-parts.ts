/** A path taken apart as osquery (boost::filesystem) does: `/etc/ssh/` is the file `.` of `/etc/ssh`. */
export interface PathParts {
  readonly directory: string;
  readonly filename: string;
}

/** Takes an absolute path apart at its last slash. */
export const pathParts = (path: string): PathParts => {
  const slash = path.lastIndexOf('/');
  const parent = withoutLastSlashes(path.slice(0, slash));
  const filename = path.slice(slash + 1);
  if (filename !== '') return { directory: parent === '' ? '/' : parent, filename };
  return parent === '' ? { directory: '', filename: '/' } : { directory: parent, filename: '.' };
};

/** A path without the slashes that end it; '' for the root. A pattern would look again at each of a thousand slashes. */
export const withoutLastSlashes = (path: string): string => {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
};
