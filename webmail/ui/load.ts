import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useApp } from './state.ts';

export interface Loaded<T> {
  /** The last answer for this key; undefined before the first. */
  readonly value: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
  /** Puts a value in place without asking the server. */
  readonly replace: (value: T) => void;
}

/**
 * The one way a view loads: runs `loader` when `key` changes, keeps the value while it runs again for the same
 * key, and drops answers that come after the key has changed. An ended session leads to the sign-in screen.
 */
export function useLoad<T>(key: string, loader: () => Promise<T>): Loaded<T> {
  const { actions } = useApp();
  const [answer, setAnswer] = useState<{ key: string; value?: T; error?: unknown } | null>(null);
  const [isLoading, setLoading] = useState(true);
  const current = useRef(key);
  current.current = key;

  const run = () => {
    setLoading(true);
    loader()
      .then(
        value => ({ key, value }),
        (error: unknown) => {
          actions.noteError(error);
          return { key, error };
        },
      )
      .then(next => {
        if (current.current !== key) return;
        setAnswer(last => ('error' in next && last?.key === key ? { ...last, error: next.error } : next));
        setLoading(false);
      });
  };
  useEffect(run, [key]);

  const replace = useCallback((value: T) => setAnswer({ key, value }), [key]);
  const isCurrent = answer?.key === key;
  return {
    value: isCurrent ? answer.value : undefined,
    error: isCurrent ? answer.error : undefined,
    isLoading,
    reload: run,
    replace,
  };
}
