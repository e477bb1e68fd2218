/** Pieces of one sorted list, as far as they were read. */
interface Stream<T> {
  readonly source: AsyncGenerator<readonly T[]>;
  rows: readonly T[];
  next: number;
}

/** Rows given at once. */
const pieceLength = 100;

/** Merges sorted lists that come in pieces, and reads of each only as far as it is needed. */
export async function* mergeSorted<T>(
  sources: readonly AsyncGenerator<readonly T[]>[],
  isBefore: (one: T, other: T) => boolean,
): AsyncGenerator<readonly T[]> {
  const streams: Stream<T>[] = [];
  try {
    for (const source of sources) {
      const stream = { source, rows: [], next: 0 };
      if (await advance(stream)) streams.push(stream);
    }
    let piece: T[] = [];
    while (streams.length > 0) {
      const first = firstOf(streams, isBefore);
      piece.push(first.rows[first.next] as T);
      first.next += 1;
      if (first.next >= first.rows.length && !(await advance(first)))
        streams.splice(streams.indexOf(first), 1);
      if (piece.length < pieceLength) continue;
      yield piece;
      piece = [];
    }
    if (piece.length > 0) yield piece;
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

/** Reads the next piece that has rows; false at the end. */
async function advance<T>(stream: Stream<T>): Promise<boolean> {
  for (;;) {
    const { value, done } = await stream.source.next();
    if (done) return false;
    stream.rows = value;
    stream.next = 0;
    if (value.length > 0) return true;
  }
}

function firstOf<T>(streams: readonly Stream<T>[], isBefore: (one: T, other: T) => boolean): Stream<T> {
  return streams.reduce((best, stream) => {
    const [one, other] = [stream.rows[stream.next] as T, best.rows[best.next] as T];
    return isBefore(one, other) ? stream : best;
  });
}
