import { html } from 'htm/preact';

/** Strokes on a grid of 24, one colour. */
export const strokes = {
  menu: 'M4 7h16M4 12h16M4 17h16',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 20.5 20.5',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  close: 'M6 6l12 12M18 6 6 18',
  attachment:
    'M19 11.5 12 18.5a4.5 4.5 0 0 1-6.4-6.4l7.5-7.5a3 3 0 0 1 4.3 4.3l-7.5 7.4a1.5 1.5 0 0 1-2.1-2.1l6.6-6.6',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15',
  warning: 'M12 3.5 22 20.5H2zM12 9.5v5M12 17.5v.5',
  chevron: 'M6 9.5 12 15.5 18 9.5',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20c.7-4 3.700-5.500 7.500-5.500s6.800 1.500 7.500 5.500',
  inbox: 'M3.500 13.500 6.500 5h11l3 8.500V19h-17zM3.500 13.500H8.500l1.500 2.500h4l1.500-2.500h5',
  archive: 'M3.500 5h17v4h-17zM5 9v10h14V9M9.500 12.500h5',
  drafts: 'M5 19l1-4.500L15.500 5 19 8.500 9.500 18zM13.500 7 17 10.500',
  sent: 'M3.500 11.500 20.500 4 16 20l-4.500-6zM11.500 14 20.500 4',
  junk: 'M8 3.500h8l4.500 4.500v8L16 20.500H8L3.500 16V8zM12 8v5.500M12 16v.5',
  trash: 'M4.500 7h15M9.500 7V4.500h5V7M6.500 7l1 13h9l1-13',
  tag: 'M3.500 4.500h8L20.500 13l-7.500 7.500L3.500 11.500zM7.800 8.300v.5',
  all: 'M3.500 7.500h17v12h-17zM6 4.500h12M3.500 8l8.500 6.500L20.500 8',
  filter: 'M4 6.5h16M7 12h10M10 17.5h4',
  plus: 'M12 5v14M5 12h14',
  file: 'M6 3.500h8l4.500 4.500v12.500H6zM14 3.500V8h4.500',
  text: 'M6 3.500h8l4.500 4.500v12.500H6zM14 3.500V8h4.500M9 12.500h6M9 16h6',
  picture: 'M3.500 5h17v14h-17zM4 16.500l5-5 4 4 2.500-2.500 4.500 4.500M15.500 8.800v.5',
  dots: 'M5 11.300a.7.7 0 1 1 0 1.400.7.7 0 0 1 0-1.400zM12 11.300a.7.7 0 1 1 0 1.400.7.7 0 0 1 0-1.400zM19 11.300a.7.7 0 1 1 0 1.400.7.7 0 0 1 0-1.400z',
  select: 'M4.500 4.500h15v15h-15zM8 12l3 3 5.500-6',
  read: 'M3.500 10 12 4l8.500 6v9.500h-17zM3.500 10.500 12 16l8.500-5.500',
  unread: 'M3.500 5.500h17v13h-17zM4 6l8 6.500L20 6',
  help: 'M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM9.500 9.500c.300-3.500 5.200-3.200 5 0-.100 1.800-2.500 2-2.500 4M12 16.800v.200',
  tabs: 'M4 9h12v11H4zM8 9V4.500h12v11h-4',
  pin: 'M9 4h6l-1 7 3.500 3h-11l3.500-3zM12 14v6.500',
} as const;

export type IconName = keyof typeof strokes;

/** A small picture beside words; it carries no meaning of its own. */
export function Icon({ name }: { name: IconName }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d=${strokes[name]} />
  </svg>`;
}
