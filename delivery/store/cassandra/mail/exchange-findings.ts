import { isSameDocument } from '../../same-document.ts';
import { findingColumns } from '../../sort-columns.ts';
import type { Email, EmailChange, Findings } from '../../store.ts';
import { exchangeCells } from '../exchange-cell.ts';
import type { Session, Statement } from '../session.ts';
import { type DetailCells, findingCells, judgedCells, readFindings } from './detail.ts';
import type { LightRow } from './row.ts';

/** A change of findings, with those that it was made of. */
interface FindingsChange {
  readonly row: Pick<LightRow, 'bucket' | 'id'>;
  readonly findings: EmailChange['findings'];
  readonly ifFindings: EmailChange['ifFindings'];
  readonly index: EmailChange['index'];
}

/**
 * Puts findings, facts and index in the place of what they were made of, all or none; false where other findings or
 * facts are there. True where none are named.
 */
export async function exchangeFindings(
  session: Session,
  accountId: string,
  change: FindingsChange,
): Promise<boolean> {
  const { row, ifFindings } = change;
  if (!ifFindings) return true;
  const cells = Object.entries(judgedCells(change)).filter(
    // Facts are a cell of their own, which is left alone where they stay the same.
    ([column, text]) => column !== 'facts' || text !== findingCells(ifFindings).facts,
  );
  return await exchangeCells(
    session,
    { table: 'detail', key: { account: accountId, bucket: row.bucket, id: row.id } },
    {
      columns: ['findings', 'facts'],
      isBefore: ({ findings, facts }) => {
        if (findings == null || facts == null) return false;
        return isSameDocument(readFindings({ findings, facts }), ifFindings);
      },
      after: Object.fromEntries(cells),
    },
  );
}

interface ExchangedCells extends Pick<DetailCells, 'findings' | 'facts' | 'judged'> {
  readonly id: string;
  readonly turned: bigint | null;
}

/**
 * The columns of lists that follow from what stands in the texts of these emails of one bucket, which were exchanged.
 * They have the time of the last exchange: whoever writes them late, when others have come behind, writes the same as
 * these. Where what they replace is later, by a clock ahead, they are a little later still.
 */
export async function exchangedColumns(
  session: Session,
  accountId: string,
  rows: readonly LightRow[],
): Promise<Statement[]> {
  const [first] = rows;
  if (!first) return [];
  const found = await session.rows<ExchangedCells>(
    `select id, findings, facts, judged, writetime(turn) as turned
     from detail where account = ? and bucket = ? and id in ?`,
    [accountId, first.bucket, rows.map(({ id }) => id)],
  );
  return rows.flatMap(row => {
    // One that has gone meanwhile has no cells.
    const cells = found.find(({ id }) => id === row.id);
    return cells?.findings ? [columnsStatement(accountId, row, cells)] : [];
  });
}

function columnsStatement(accountId: string, row: LightRow, cells: ExchangedCells): Statement {
  const { importance, encrypted, unfinished } = findingColumns(readFindings(cells) as Findings);
  const index = JSON.parse(cells.judged) as Email['index'];
  return {
    cql: `update email using timestamp ? set level = ?, importance = ?, encrypted = ?, unfinished = ?
      where account = ? and bucket = ? and id = ?`,
    values: [
      timeOf(row, cells),
      ...[index?.level, importance, encrypted === 1, unfinished === 1],
      ...[accountId, row.bucket, row.id],
    ],
  };
}

function timeOf({ writtenAt }: LightRow, { turned }: ExchangedCells): bigint {
  let time = turned ?? 0n;
  for (const at of writtenAt) if (at !== null && at >= time) time = at + 1n;
  return time;
}
