import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../state.ts';
import { hasTabs } from '../tab-memory.ts';
import { Lazy } from './lazy.ts';

const keeper = async () => (await import('../tab-keeper.ts')).TabKeeper;
const strip = async () => (await import('./tabs.ts')).TabStrip;
const menu = async () => (await import('./tabs.ts')).TabMenu;

/** By then the first list is drawn. */
const behindMilliseconds = 50;

/** The tabs, fetched behind the first screen; their room is kept from the start. */
export function Tabs() {
  const { state, memory } = useApp();
  const [isAwaited, setAwaited] = useState(() => hasTabs(memory, state.session?.accountId ?? ''));
  const [isDue, setDue] = useState(false);
  const hasTags = state.tags.length > 0;
  useEffect(() => {
    if (!hasTags) return;
    const timer = setTimeout(() => setDue(true), behindMilliseconds);
    return () => clearTimeout(timer);
  }, [hasTags]);
  const isThere = state.tabs.length > 0;
  useEffect(() => {
    if (isThere) setAwaited(false);
  }, [isThere]);
  if (!isDue) return isAwaited && html`<div class="tab-room"></div>`;
  return html`<${Lazy} load=${keeper} props=${{}} isQuiet=${true} />
    ${(isThere || isAwaited) && html`<div class="tab-room"><${Lazy} load=${strip} props=${{}} isQuiet=${true} /></div>`}`;
}

/** The tabs as a menu in the bar. */
export function MenuOfTabs() {
  const { state } = useApp();
  return state.tabs.length > 0 && html`<${Lazy} load=${menu} props=${{}} isQuiet=${true} />`;
}
