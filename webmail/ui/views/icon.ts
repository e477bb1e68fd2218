import { html } from 'htm/preact';
import type { VNode } from 'preact';

/** Strokes on a grid of 24, one colour. */
export const strokes = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 20.5 20.5',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  close: 'M6 6l12 12M18 6 6 18',
  attachment:
    'M19 11.5 12 18.5a4.5 4.5 0 0 1-6.4-6.4l7.5-7.5a3 3 0 0 1 4.3 4.3l-7.5 7.4a1.5 1.5 0 0 1-2.1-2.1l6.6-6.6',
  warning: 'M12 3.5 22 20.5H2zM12 9.5v5M12 17.5v.5',
  chevron: 'M6 9.5 12 15.5 18 9.5',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20c.7-4 3.7-5.5 7.5-5.5s6.8 1.5 7.5 5.5',
  inbox: 'M3.5 13.5 6.5 5h11l3 8.5V19h-17zM3.5 13.5H8.5l1.5 2.5h4l1.5-2.5h5',
  archive: 'M3.5 5h17v4h-17zM5 9v10h14V9M9.5 12.5h5',
  drafts: 'M5 19l1-4.5L15.5 5 19 8.5 9.5 18zM13.5 7 17 10.5',
  sent: 'M3.5 11.5 20.5 4 16 20l-4.5-6zM11.5 14 20.5 4',
  junk: 'M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8zM12 8v5.5M12 16v.5',
  trash: 'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13',
  tag: 'M3.5 4.5h8L20.5 13l-7.5 7.5L3.5 11.5zM7.8 8.3v.5',
  all: 'M3.5 7.5h17v12h-17zM6 4.5h12M3.5 8l8.5 6.5L20.5 8',
  filter: 'M4 6.5h16M7 12h10M10 17.5h4',
  plus: 'M12 5v14M5 12h14',
  dots: 'M5 11.3a.7.7 0 1 1 0 1.4.7.7 0 0 1 0-1.4zM12 11.3a.7.7 0 1 1 0 1.4.7.7 0 0 1 0-1.4zM19 11.3a.7.7 0 1 1 0 1.4.7.7 0 0 1 0-1.4z',
  select: 'M4.5 4.5h15v15h-15zM8 12l3 3 5.5-6',
  read: 'M3.5 10 12 4l8.5 6v9.5h-17zM3.5 10.5 12 16l8.5-5.5',
  unread: 'M3.5 5.5h17v13h-17zM4 6l8 6.5L20 6',
  help: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM9.5 9.5c.3-3.5 5.2-3.2 5 0-.1 1.8-2.5 2-2.5 4M12 16.8v.2',
  tabs: 'M4 9h12v11H4zM8 9V4.5h12v11h-4',
  pin: 'M9 4h6l-1 7 3.5 3h-11l3.5-3zM12 14v6.5',
} as const;

export type IconName = keyof typeof strokes;

/** A small picture beside words; it carries no meaning of its own. */
export function Icon({ name }: { name: IconName }) {
  return drawing(strokes[name]);
}

/** Strokes as a picture. */
export function drawing(path: string): VNode {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d=${path} />
  </svg>`;
}
