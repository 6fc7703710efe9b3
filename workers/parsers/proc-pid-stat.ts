/** What a process row takes from /proc/<pid>/stat (proc_pid_stat(5)). Times in clock ticks. */
export interface ProcPidStat {
  /** As the program or its user chose it: any characters, line ends and parentheses included. */
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly pgroup: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly nice: number;
  readonly threads: number;
  readonly startTicks: number;
  readonly virtual_bytes: number;
  readonly residentPages: number;
}

const code = { minus: 0x2d, zero: 0x30 } as const;
/** Numbers that follow the state, up to the resident pages. */
const numberCount = 21;

/**
 * The name stands in parentheses and may itself hold any character: it ends at the last `)`. Undefined for a text
 * that is cut short or holds something else than numbers. Goes over the text once and allocates no fields: a scan
 * does this for every process.
 */
export const parseProcPidStat = (text: string): ProcPidStat | undefined => {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open || !/[A-Za-z]/.test(text.charAt(close + 2))) return undefined;
  // `) S ` and then the numbers.
  const numbers = numbersFrom(text, close + 4);
  if (numbers === undefined) return undefined;
  const number = (index: number): number => numbers[index] ?? 0;
  return {
    name: text.slice(open + 1, close),
    state: text.charAt(close + 2),
    parent: number(0),
    pgroup: number(1),
    userTicks: number(10),
    systemTicks: number(11),
    nice: number(15),
    threads: number(16),
    startTicks: number(18),
    virtual_bytes: number(19),
    residentPages: number(20),
  };
};

/** The numbers of one text at a time; read out before the next is parsed. */
const numbers = new Float64Array(numberCount);

const numbersFrom = (text: string, start: number): Float64Array | undefined => {
  let at = start;
  for (let index = 0; index < numberCount; index += 1) {
    const isNegative = text.charCodeAt(at) === code.minus;
    if (isNegative) at += 1;
    const first = at;
    let value = 0;
    for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, at)) {
      value = value * 10 + digit;
      at += 1;
    }
    // A number is whole only when something stands behind it: a text may be cut within.
    if (at === first || at === text.length) return undefined;
    numbers[index] = isNegative ? -value : value;
    at += 1;
  }
  return numbers;
};

/** -1 where no digit stands. */
const digitAt = (text: string, at: number): number => {
  const digit = text.charCodeAt(at) - code.zero;
  return digit >= 0 && digit <= 9 ? digit : -1;
};
