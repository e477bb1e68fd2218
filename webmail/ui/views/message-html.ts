import type { WindowLike } from 'dompurify';
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type EmailBodyPart, paths } from '../../wire.ts';
import type { Client } from '../client.ts';
import type { Purified } from '../purify.ts';
import { type Theme, useApp } from '../state.ts';
import { MessageText } from './message-text.ts';

interface Props {
  readonly source: string;
  readonly title: string;
  /** False: a message that looks harmful leads nowhere. */
  readonly hasLinks: boolean;
  /** Parts that the body may name by Content-ID. */
  readonly inline: readonly EmailBodyPart[];
  /** The plain text that came along, shown when the formatted text can't be. */
  readonly plainText: string;
}

const maxHeight = 30_000;
const maxInlineOctets = 8_000_000;
const pictureTypes = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp',
  'image/avif',
]);

/**
 * An HTML body in a frame of its own: the server's empty document, whose policy allows neither scripts nor anything
 * from elsewhere, filled with the purified tree. This page's own document never parses a sender's HTML.
 */
export function MessageHtml({ source, title, hasLinks, inline, plainText }: Props) {
  const { state, words, client } = useApp();
  const frame = useRef<HTMLIFrameElement>(null);
  const [purified, setPurified] = useState<Purified | null>(null);
  /** Shown in place of the formatted text. */
  const [fallback, setFallback] = useState<string | null>(null);
  const isPlain = !/colou?r|background/i.test(source);
  const accountId = state.session?.accountId ?? '';

  async function show(): Promise<void> {
    const [{ purify }, pictures] = await Promise.all([
      import('../purify.ts'),
      dataAddresses(client, accountId, inline),
    ]);
    const inside = frame.current?.contentWindow;
    if (!frame.current || !inside) return;
    const { leadsTo } = words.message;
    // The frame is of this origin, so its window has the constructors that a purifier needs.
    const made = purify(source, { pictures, hasLinks, leadsTo, frame: inside as unknown as WindowLike });
    if (!made) return fallBack();
    fill(frame.current, made.root, isPlain);
    lighten(frame.current, isPlain ? state.theme : 'light');
    setPurified(made);
  }
  async function fallBack(): Promise<void> {
    const { textOfHtml } = await import('../html-tags.ts');
    setFallback(plainText || textOfHtml(source));
  }
  useEffect(() => lighten(frame.current, isPlain ? state.theme : 'light'), [state.theme]);

  if (fallback !== null) {
    return html`<p class="note">${words.message.htmlFailed}</p>
      <${MessageText} text=${fallback} hasLinks=${hasLinks} />`;
  }
  return html`<div class="html-body">
    ${purified && purified.remoteCount > 0 && html`<${RemoteNote} purified=${purified} />`}
    <iframe
      ref=${frame}
      class="frame"
      data-plain=${isPlain}
      title=${title}
      src=${paths.frame}
      sandbox="allow-popups allow-popups-to-escape-sandbox allow-same-origin"
      referrerpolicy="no-referrer"
      onLoad=${() => show().catch(fallBack)}
    ></iframe>
  </div>`;
}

function RemoteNote({ purified }: { purified: Purified }) {
  const { words } = useApp();
  return html`<details class="note">
    <summary>${words.message.remote(purified.remoteCount)}</summary>
    <p>${words.message.remoteWhy}</p>
    ${
      purified.remoteHosts.length > 0 &&
      html`<p>${words.message.remoteHosts}: ${purified.remoteHosts.slice(0, 20).join(', ')}</p>`
    }
  </details>`;
}

/** Pictures that travel inside the message, as `data:` addresses by Content-ID. */
async function dataAddresses(
  client: Client,
  accountId: string,
  parts: readonly EmailBodyPart[],
): Promise<Map<string, string>> {
  const wanted = parts.filter(part => part.cid && part.blobId && pictureTypes.has(part.type));
  const sum = wanted.reduce((octets, part) => octets + part.size, 0);
  if (sum > maxInlineOctets) return new Map();
  const entries = await Promise.all(
    wanted.map(async ({ cid, blobId, type }): Promise<[string, string][]> => {
      const blob = { accountId, blobId: blobId ?? '', name: 'picture', type };
      const octets = await client.fetchBlob(blob).catch(() => null);
      return octets ? [[cid ?? '', await dataAddress(octets, type)]] : [];
    }),
  );
  return new Map(entries.flat());
}

function dataAddress(octets: Blob, type: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(octets.slice(0, octets.size, type));
  });
}

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

/** Gives the frame's document the light that it is read in. */
function lighten(frame: HTMLIFrameElement | null, theme: Theme): void {
  const scheme = theme === 'system' ? 'light dark' : theme;
  frame?.contentDocument?.documentElement?.style.setProperty('color-scheme', scheme, 'important');
}

/** Moves the tree into the frame's document and keeps the frame as high as what it holds. */
function fill(frame: HTMLIFrameElement, root: HTMLElement, isPlain: boolean): void {
  const inside = frame.contentDocument;
  if (!inside?.documentElement) return;
  inside.replaceChild(inside.adoptNode(root), inside.documentElement);
  const style = inside.createElement('style');
  style.textContent = `${frameStyle} body { padding: ${isPlain ? 0 : 16}px; }`;
  inside.head.prepend(style);
  const fit = () => {
    const height = Math.min(inside.documentElement.scrollHeight, maxHeight);
    if (Math.abs(height - frame.clientHeight) > 1) frame.style.height = `${height}px`;
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
