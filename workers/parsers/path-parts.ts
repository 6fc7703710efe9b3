/** A path taken apart as osquery (boost::filesystem) does: `/etc/ssh/` is the file `.` of `/etc/ssh`. */
export interface PathParts {
  readonly directory: string;
  readonly filename: string;
}

/** Takes an absolute path apart at its last slash. */
export const pathParts = (path: string): PathParts => {
  const slash = path.lastIndexOf('/');
  const parent = path.slice(0, slash).replace(/\/+$/, '');
  const filename = path.slice(slash + 1);
  if (filename !== '') return { directory: parent === '' ? '/' : parent, filename };
  return parent === '' ? { directory: '', filename: '/' } : { directory: parent, filename: '.' };
};
