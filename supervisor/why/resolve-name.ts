import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import { nearest } from '../config/nearest.ts';

/** Names that an ambiguous one could mean: so many are listed. */
const listed = 8;

/** Names that a person may ask about. */
export interface KnownNames {
  readonly scheduled: readonly string[];
  /** Queries with verdicts or a record that may be in no config any more, and `adhoc`. */
  readonly others: readonly string[];
  /** Between the parts of `pack_<pack>_<name>`. */
  readonly packDelimiter: string;
}

/**
 * The queries that a name stands for: a query of that name, all of a pack of that name, or the only query whose name
 * begins so.
 */
export const resolveName = (
  asked: string,
  { scheduled, others, packDelimiter }: KnownNames,
): Result<readonly string[], Failure<'unknown_name' | 'ambiguous_name'>> => {
  const known = [...new Set([...scheduled, ...others])];
  if (known.includes(asked)) return ok([asked]);
  const pack = ['pack', asked, ''].join(packDelimiter);
  const packed = scheduled.filter((name) => name.startsWith(pack));
  if (packed.length > 0) return ok(packed);
  const begun = known.filter((name) => name.startsWith(asked));
  if (begun.length === 1) return ok(begun);
  if (begun.length > 1) {
    const more = begun.length > listed ? `, … (${begun.length - listed} more)` : '';
    return fail({
      reason: 'ambiguous_name',
      message: `'${asked}' is the beginning of ${begun.length} names: ${begun.slice(0, listed).join(', ')}${more}`,
    });
  }
  const meant = nearest(asked, known);
  const hint =
    meant === undefined ? "'leash query' on osquery_schedule lists the names" : `did you mean '${meant}'?`;
  return fail({ reason: 'unknown_name', message: `no query and no pack is called '${asked}'; ${hint}` });
};
