/** How two version texts are compared; osquery has four flavours. */
export interface VersionRules {
  /** A text with `N:` in front is newer than one without. */
  readonly epoch: boolean;
  /** Delimiters are ranked instead of all being equal. */
  readonly delimiterPrecedence: boolean;
  /** What follows in the longer text decides, not its length alone. */
  readonly compareRemainder: boolean;
  /** With `compareRemainder`: after a digit, an earlier difference does not decide. */
  readonly remainderPrecedence: boolean;
}

export type VersionFlavour = 'VERSION' | 'VERSION_ARCH' | 'VERSION_DPKG' | 'VERSION_RHEL';

/** The rules of each flavour, named like the collation. */
export const versionRules: Readonly<Record<VersionFlavour, VersionRules>> = {
  VERSION: {
    epoch: false,
    delimiterPrecedence: false,
    compareRemainder: false,
    remainderPrecedence: false,
  },
  VERSION_ARCH: {
    epoch: true,
    delimiterPrecedence: false,
    compareRemainder: true,
    remainderPrecedence: true,
  },
  VERSION_DPKG: {
    epoch: true,
    delimiterPrecedence: true,
    compareRemainder: false,
    remainderPrecedence: false,
  },
  VERSION_RHEL: {
    epoch: true,
    delimiterPrecedence: true,
    compareRemainder: true,
    remainderPrecedence: false,
  },
};

const ranks: Readonly<Record<string, number>> = { '~': 1, '-': 2, '^': 3, '.': 4, ':': 5 };

/** Negative, 0 or positive, as the left version is older, equal or newer. Texts hold one byte a character. */
export const compareVersions = (left: string, right: string, rules: VersionRules): number => {
  if (left === right) return 0;
  if (left === '' || right === '') return left === '' ? -1 : 1;
  if (rules.epoch) {
    const byEpoch = compareEpochs(left.indexOf(':'), right.indexOf(':'));
    if (byEpoch !== 0) return byEpoch;
  }
  const shared = Math.min(left.length, right.length);
  let difference = 0;
  for (let index = 0; index < shared; index += 1) {
    const leftRank = ranks[left.charAt(index)];
    const rightRank = ranks[right.charAt(index)];
    if (leftRank === undefined && rightRank === undefined) {
      if (difference === 0) difference = left.charCodeAt(index) - right.charCodeAt(index);
    } else if (leftRank === undefined || rightRank === undefined) {
      // The side that is still inside its segment has the longer one: this makes 10 newer than 9.
      return leftRank === undefined ? 1 : -1;
    } else {
      if (difference !== 0) return difference;
      if (rules.delimiterPrecedence && leftRank !== rightRank) return leftRank - rightRank;
    }
  }
  if (left.length === right.length) return difference;
  return left.length > right.length
    ? compareRest(left, right, difference, rules)
    : -compareRest(right, left, -difference, rules);
};

/** Decides by where the epoch ends; 0 when neither has one or both end at the same place. */
const compareEpochs = (left: number, right: number): number => {
  if (left !== -1 && right !== -1) return left - right;
  return left === right ? 0 : left === -1 ? -1 : 1;
};

/** The shorter text is used up; `difference` is seen from the longer one. */
const compareRest = (longer: string, shorter: string, difference: number, rules: VersionRules): number => {
  const next = longer.charAt(shorter.length);
  if (!rules.compareRemainder) return difference !== 0 && ranks[next] !== undefined ? difference : 1;
  if (next === '~') return -1;
  if (next === '-') return 0;
  if (next === '^') return 1;
  const digitLast = /[0-9]$/.test(shorter);
  return difference !== 0 && !(rules.remainderPrecedence && digitLast) ? difference : 1;
};
