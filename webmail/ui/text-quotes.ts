import { attributionStart, beginsFields, isAnsweredMark, isForwardedMark } from './quote-lines.ts';
import { plainText } from './text.ts';

/** Lines of a message: the writer's own, or what they quoted. */
export interface Block {
  readonly isQuoted: boolean;
  /** Quoted, and answered between the lines: what an answer answers stays in sight. */
  readonly isAnswered: boolean;
  readonly text: string;
}

/** More would only slow the page down: the rest is one block. */
const maxBlocks = 500;

/**
 * Splits a text into own and quoted blocks. Of a message that passes another one on, what stands under its header
 * fields is meant to be read, so it is not taken for quoted. Where everything is quoted, nothing is.
 */
export function blocksOf(text: string, isForward = false): Block[] {
  const lines = plainText(text).split('\n');
  const runs = runsOf(lines, quotedLines(lines, isForward));
  const blocks = runs
    .map(({ isQuoted, lines }) => ({ isQuoted, text: withoutEmptyLines(lines).trimEnd() }))
    .filter(block => block.text !== '');
  const lastOwn = blocks.findLastIndex(block => !block.isQuoted);
  if (lastOwn < 0) return blocks.map(block => ({ ...block, isQuoted: false, isAnswered: false }));
  const answered = blocks.slice(0, lastOwn).filter(block => block.isQuoted).length;
  return blocks.map((block, place) => ({
    ...block,
    isAnswered: block.isQuoted && place < lastOwn && answered > 1,
  }));
}

interface Run {
  readonly isQuoted: boolean;
  readonly lines: string[];
}

/** Neighbours of one kind together; all lines in their order. */
export function runsOf(lines: readonly string[], quoted: readonly boolean[]): Run[] {
  const runs: Run[] = [];
  for (const [place, line] of lines.entries()) {
    const last = runs.at(-1);
    const isQuoted = quoted[place] ?? false;
    if (last && (last.isQuoted === isQuoted || runs.length === maxBlocks)) last.lines.push(line);
    else runs.push({ isQuoted, lines: [line] });
  }
  return runs;
}

/** Whether each line is quoted: by `>`, by the words above it, or by the header fields that it stands under. */
export function quotedLines(lines: readonly string[], isForward: boolean): boolean[] {
  const quoted = lines.map(() => false);
  for (let place = 0; place < lines.length; place++) {
    const line = lines[place] ?? '';
    if (isForwardedMark(line)) break;
    if (line.startsWith('>')) {
      if (!quoted[place - 1]) markAbove(lines, quoted, place);
      quoted[place] = true;
    } else if (line.trim() === '') quoted[place] = quoted[place - 1] ?? false;
    else if (!isForward && beginsRest(lines, place)) {
      quoted.fill(true, restStart(lines, place));
      break;
    }
  }
  return quoted;
}

/** The line that says who is quoted belongs to what it stands above, with the empty lines between. */
function markAbove(lines: readonly string[], quoted: boolean[], place: number): void {
  const end = lines.slice(Math.max(0, place - 3), place).findLastIndex(line => line.trim() !== '');
  if (end < 0) return;
  const start = attributionStart(lines, Math.max(0, place - 3) + end, false);
  if (start >= 0 && !quoted[start]) quoted.fill(true, start, place);
}

/** Whether all from here on is quoted: it stands under a mark, header fields, or words that say who wrote it. */
function beginsRest(lines: readonly string[], place: number): boolean {
  const line = lines[place] ?? '';
  if (isAnsweredMark(line)) return true;
  if (beginsFields(lines, place)) return true;
  return attributionStart(lines, place, true) >= 0 && !followedByMarks(lines, place);
}

/** Where `>` follows, an answer may stand below it. */
function followedByMarks(lines: readonly string[], place: number): boolean {
  const next = lines.slice(place + 1, place + 4).find(line => line.trim() !== '');
  return next === undefined || next.startsWith('>');
}

/** A rule above the fields, and the beginning of wrapped words, belong to what is quoted. */
function restStart(lines: readonly string[], place: number): number {
  const attribution = attributionStart(lines, place, true);
  if (attribution >= 0) return attribution;
  const above = lines.slice(Math.max(0, place - 3), place).findLastIndex(line => line.trim() !== '');
  const rule = Math.max(0, place - 3) + above;
  return above >= 0 && /^[_-]{5,}$/.test((lines[rule] ?? '').trim()) ? rule : place;
}

function withoutEmptyLines(lines: readonly string[]): string {
  const first = lines.findIndex(line => line !== '');
  return first < 0 ? '' : lines.slice(first).join('\n');
}
