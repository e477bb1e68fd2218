import { drawing } from './icon.ts';

/** Strokes on a grid of 24, one colour: pictures that only views with files need. */
export const fileStrokes = {
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15',
  file: 'M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5',
  text: 'M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6M9 16h6',
  picture: 'M3.5 5h17v14h-17zM4 16.5l5-5 4 4 2.5-2.5 4.5 4.5M15.5 8.8v.5',
} as const;

export type FileIconName = keyof typeof fileStrokes;

/** A small picture of a kind of file, or of saving one. */
export function FileIcon({ name }: { name: FileIconName }) {
  return drawing(fileStrokes[name]);
}
