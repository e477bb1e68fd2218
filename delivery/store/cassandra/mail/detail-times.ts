import type { Session } from '../session.ts';
import type { LightRow } from './row.ts';

/** Cells of `detail` of which one at least is written whenever something of the row is; octets have those of `packing`. */
const timed = [
  'packing',
  'summary',
  'findings',
  'facts',
  'judged',
  'words',
  'reworded',
  'learned',
  'turn',
] as const;

/** When they were written, in microseconds; null: nothing is there. */
export type DetailTimes = { readonly id: string } & Readonly<Record<(typeof timed)[number], bigint | null>>;

/** The columns of `DetailTimes`, to be selected from `detail`. */
export const detailTimes = ['id', ...timed.map(name => `writetime(${name}) as ${name}`)].join(', ');

export function timesOfDetail(times: DetailTimes): (bigint | null)[] {
  return timed.map(name => times[name]);
}

/** When the cells of these emails of one bucket were written: some of them by transactions, which go by the nodes' clocks. */
export async function detailWrittenAt(
  session: Session,
  accountId: string,
  rows: readonly Pick<LightRow, 'bucket' | 'id'>[],
): Promise<(bigint | null)[]> {
  const [first] = rows;
  if (!first) return [];
  const found = await session.rows<DetailTimes>(
    `select ${detailTimes} from detail where account = ? and bucket = ? and id in ?`,
    [accountId, first.bucket, rows.map(({ id }) => id)],
  );
  return found.flatMap(timesOfDetail);
}
