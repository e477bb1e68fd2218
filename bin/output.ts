import type { CommandContext } from './command.ts';

/** Prints one value: JSON on one line with `--json`, else the given text. */
export function print(context: CommandContext, value: unknown, text: string): void {
  context.stdout.write(`${context.json() ? JSON.stringify(value) : text}\n`);
}

/** Prints rows as an aligned table, or one JSON object a line with `--json`. */
export function printRows(context: CommandContext, rows: readonly Record<string, unknown>[]): void {
  if (context.json()) {
    for (const row of rows) context.stdout.write(`${JSON.stringify(row)}\n`);
    return;
  }
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const lines = [columns, ...rows.map(row => columns.map(column => cell(row[column])))];
  const widths = columns.map((_, at) => Math.max(...lines.map(line => line[at]?.length ?? 0)));
  for (const line of lines) {
    const padded = line.map((text, at) => (at === line.length - 1 ? text : text.padEnd(widths[at] ?? 0)));
    context.stdout.write(`${padded.join('  ')}\n`);
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return value instanceof Date ? value.toISOString() : String(value);
}

/** All of standard input as text, without the final line ending. */
export async function readLine(stdin: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
