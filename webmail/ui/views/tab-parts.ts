import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../state.ts';
import { hasTabs } from '../tab-memory.ts';
import { Lazy } from './lazy.ts';

const keeper = async () => (await import('../tab-keeper.ts')).TabKeeper;
const strip = async () => (await import('./tabs.ts')).TabStrip;
const menu = async () => (await import('./tabs.ts')).TabMenu;

/** The tabs, fetched behind the first screen; their room is kept from the start. */
export function Tabs() {
  const { state, memory } = useApp();
  const [isAwaited, setAwaited] = useState(() => hasTabs(memory, state.session?.accountId ?? ''));
  const [isDue, setDue] = useState(false);
  const hasTags = state.tags.length > 0;
  useEffect(() => (hasTags ? whenIdle(() => setDue(true)) : undefined), [hasTags]);
  const isThere = state.tabs.length > 0;
  useEffect(() => {
    if (isThere) setAwaited(false);
  }, [isThere]);
  if (!isDue) return isAwaited && html`<div class="tab-room"></div>`;
  return html`<${Lazy} load=${keeper} props=${{}} isQuiet=${true} />
    ${(isThere || isAwaited) && html`<div class="tab-room"><${Lazy} load=${strip} props=${{}} isQuiet=${true} /></div>`}`;
}

const idleMilliseconds = 1000;

/** Once the first list is drawn; gives what takes it back. */
function whenIdle(run: () => void): () => void {
  // Safari doesn't tell when it is idle.
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(run, idleMilliseconds / 2);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(run, { timeout: idleMilliseconds });
  return () => cancelIdleCallback(handle);
}

/** The tabs as a menu in the bar. */
export function MenuOfTabs() {
  const { state } = useApp();
  return state.tabs.length > 0 && html`<${Lazy} load=${menu} props=${{}} isQuiet=${true} />`;
}
