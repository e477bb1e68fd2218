import { html } from 'htm/preact';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { loadLaterStyle } from '../later-style.ts';
import type { PageId } from '../route.ts';
import { Lazy } from './lazy.ts';

type Load = () => Promise<ComponentType<object>>;

const pages: Readonly<Partial<Record<PageId, Load>>> = {
  about: async () => (await import('./about-page.ts')).AboutPage,
  rules: async () => (await import('./rules-page.ts')).RulesPage,
  settings: async () => (await import('./settings-page.ts')).SettingsPage,
  tags: async () => (await import('./tag-manager.ts')).TagManager,
};

/** A page that is no list of mail; its code is fetched when it is opened. */
export function Page({ id }: { id: PageId }) {
  const load = pages[id];
  if (!load) return null;
  const loadBoth = async () => (await Promise.all([load(), loadLaterStyle()]))[0];
  return html`<div class="page"><${Lazy} load=${loadBoth} props=${{}} /></div>`;
}

/** The heading of a page: whoever opened it finds the focus here. */
export function PageHeading({ text }: { text: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return html`<h1 ref=${heading} tabindex="-1">${text}</h1>`;
}
