/** A package of Portage with the versions that an entry is about. */
export interface PortageAtom {
  /** Category and name. */
  readonly package: string;
  /** Version with the operator before it; a plain `=` is left out. */
  readonly version: string;
}

/** Version and revision at the end of a name (PMS, section 3.2). */
const versioned = /-(\d[^-/]*(?:-r\d+)?)$/;

/** Reads an atom such as `>=dev-lang/php-8.1-r1` (ebuild(5)), or the name of a package's directory. */
export const parsePortageAtom = (text: string): PortageAtom => {
  const name = text.replace(/^[<>=]+/, '');
  const operator = text.slice(0, text.length - name.length);
  const [suffix, version = ''] = versioned.exec(name) ?? [];
  return {
    package: suffix === undefined ? name : name.slice(0, -suffix.length),
    version: `${operator === '=' ? '' : operator}${version}`,
  };
};

/** Lines of one of Portage's files: an atom, and the words after it. Comments are left out. */
export const portageLines = (
  content: string,
): { readonly atom: string; readonly words: readonly string[] }[] =>
  content.split('\n').flatMap((line) => {
    const [atom, ...words] = line
      .replace(/#.*$/s, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    return atom === undefined ? [] : [{ atom, words }];
  });
