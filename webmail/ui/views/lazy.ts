import { html } from 'htm/preact';
import type { ComponentType } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { Failed, Loading } from './loading.ts';

interface Props<T> {
  /** Fetches the view; called once, and again when somebody retries. */
  readonly load: () => Promise<ComponentType<T>>;
  readonly props: T;
  /** Nothing stands in its place while it is not there. */
  readonly isQuiet?: boolean;
}

/** A view whose code is fetched when it is shown for the first time. */
export function Lazy<T>({ load, props, isQuiet }: Props<T>) {
  const [view, setView] = useState<{ readonly View: ComponentType<T> } | null>(null);
  const [error, setError] = useState<unknown>(undefined);
  const fetchView = () => {
    setError(undefined);
    load().then(View => setView({ View }), setError);
  };
  // Before the browser paints: code that is there already is shown in the same frame.
  useLayoutEffect(fetchView, []);
  if (view) return html`<${view.View} ...${props} />`;
  if (isQuiet) return null;
  return error === undefined ? html`<${Loading} />` : html`<${Failed} error=${error} retry=${fetchView} />`;
}
