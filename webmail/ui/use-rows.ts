import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Rows } from './list-rows.ts';
import type { Range } from './list-window.ts';
import { type Held, type Reading, RowLoader, type RowSource } from './row-loader.ts';
import { useApp } from './state.ts';

/** The rows of a long list, loaded as they come into sight. */
export interface LoadedRows<T> {
  readonly source: RowSource<T>;
  readonly rows: Rows<T>;
  readonly isLoaded: boolean;
  /** Why the first page could not be loaded. */
  readonly error: unknown;
  readonly reload: () => void;
  /** Told of the rows in sight. */
  readonly want: (range: Range) => void;
  /** Set by the list view. */
  readonly reading: { current: (() => Reading) | null };
  /** Rows that came in at the top while something further down was read. */
  readonly waiting: number;
}

/** The rows of a list; it is looked at again when the server tells of something new. */
export function useRows<T>(source: RowSource<T>, onNews: (rows: readonly T[]) => void): LoadedRows<T> {
  const { state, actions } = useApp();
  const latest = useRef({ source, onNews });
  latest.current = { source, onNews };
  const [held, setHeld] = useState<Held<T> | null>(null);
  const loader = useRef<RowLoader<T> | null>(null);
  if (loader.current?.source.key !== source.key) {
    loader.current?.stop();
    loader.current = new RowLoader(
      { ...source, load: (from, limit) => latest.current.source.load(from, limit) },
      {
        onNews: rows => latest.current.onNews(rows),
        onError: error =>
          loader.current?.held.isLoaded ? actions.tellError(error) : actions.noteError(error),
      },
      setHeld,
    );
  }
  const { current } = loader;
  useLayoutEffect(() => {
    void current.begin();
  }, [current]);
  useEffect(() => () => loader.current?.stop(), []);
  const seen = useRef(state);
  useEffect(() => {
    const { pushes, leaving } = seen.current;
    seen.current = state;
    if (pushes !== state.pushes || (leaving !== state.leaving && state.leaving.size === 0)) current.look();
  }, [state.pushes, state.leaving]);
  useEffect(() => {
    if (state.leaving.size > 0) current.drop(row => state.leaving.has(current.source.keyOf(row)));
  }, [state.leaving, held]);
  const shown = held?.key === source.key ? held : current.held;
  return {
    ...shown,
    source,
    reload: () => void current.begin(),
    want: range => current.want(range),
    reading: current.reading,
  };
}
