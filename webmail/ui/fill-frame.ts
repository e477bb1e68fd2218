import type { Theme } from './state.ts';

const maxHeight = 30_000;

/** A body that names no colours of its own takes those of the page; any other keeps the white sheet it was made for. */
const frameStyle = `
:root { background: light-dark(#fff, #1d2126); }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: light-dark(#1f2328, #e6e8ea); overflow-wrap: anywhere; }
html, body { height: auto !important; min-height: 0 !important; }
a { color: light-dark(#1f5a73, #8cc6dd); }
img { max-width: 100%; height: auto; }
table { max-width: 100%; }
pre { white-space: pre-wrap; }
blockquote { margin: 0 0 0 8px; padding-left: 12px; border-left: 3px solid light-dark(#d8d4cb, #48505a); }
.blocked-picture { display: inline-block; box-sizing: border-box; max-width: 100%; padding: 3px 8px; border-radius: 4px; background: light-dark(#eceae4, #2c323a); color: light-dark(#565b63, #a5adb6); font: 12px/1.4 system-ui, sans-serif; text-align: start; vertical-align: middle; }
`;

/** Whether the frame shows the server's empty document: not a fault, nor nothing yet. */
export function isFrameDocument({ contentDocument }: HTMLIFrameElement): boolean {
  return contentDocument?.documentElement.id === 'frame';
}

/** Gives the frame's document the light that it is read in. */
export function lighten(frame: HTMLIFrameElement | null, theme: Theme): void {
  const scheme = theme === 'system' ? 'light dark' : theme;
  frame?.contentDocument?.documentElement?.style.setProperty('color-scheme', scheme, 'important');
}

/** Moves the tree into the frame's document and keeps the frame as high as what it holds. */
export function fillFrame(frame: HTMLIFrameElement, root: HTMLElement, isPlain: boolean): void {
  const inside = frame.contentDocument;
  if (!inside?.documentElement) return;
  inside.replaceChild(inside.adoptNode(root), inside.documentElement);
  const style = inside.createElement('style');
  style.textContent = `${frameStyle} body { padding: ${isPlain ? 0 : 16}px; }`;
  inside.head.prepend(style);
  const setHeight = (height: number) => {
    const border = frame.offsetHeight - frame.clientHeight;
    frame.style.height = `${height + border}px`;
  };
  const fit = () => {
    // A document is at least as high as its frame: what has shrunk, as a fold that closes, would stay high.
    const least = Math.ceil(inside.documentElement.getBoundingClientRect().height);
    if (least < frame.clientHeight) setHeight(least);
    const height = Math.min(inside.documentElement.scrollHeight, maxHeight);
    if (Math.abs(height - frame.clientHeight) > 1) setHeight(height);
  };
  fit();
  let changes = 0;
  // A body whose height follows the frame's would grow for ever.
  const observer = new ResizeObserver(() => {
    changes += 1;
    if (changes < 50) fit();
    else observer.disconnect();
  });
  observer.observe(inside.body);
}
