import type { WindowLike } from 'dompurify';
import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import { type EmailBodyPart, paths } from '../../wire.ts';
import type { Client } from '../client.ts';
import type { Purified } from '../purify.ts';
import { useApp } from '../state.ts';

interface Props {
  readonly source: string;
  readonly title: string;
  /** False: a message that looks harmful leads nowhere. */
  readonly hasLinks: boolean;
  /** Parts that the body may name by Content-ID. */
  readonly inline: readonly EmailBodyPart[];
  /** Shown when the formatted text can't be. */
  readonly fallback: unknown;
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
export function MessageHtml({ source, title, hasLinks, inline, fallback }: Props) {
  const { state, words, client } = useApp();
  const frame = useRef<HTMLIFrameElement>(null);
  const [purified, setPurified] = useState<Purified | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const accountId = state.session?.accountId ?? '';

  async function show(): Promise<void> {
    const [{ purify }, pictures] = await Promise.all([
      import('../purify.ts'),
      dataAddresses(client, accountId, inline),
    ]);
    const inside = frame.current?.contentWindow;
    if (!frame.current || !inside) return;
    // The frame is of this origin, so its window has the constructors that a purifier needs.
    const made = purify(source, { pictures, hasLinks, frame: inside as unknown as WindowLike });
    fill(frame.current, made.root);
    setPurified(made);
  }

  if (hasFailed) return html`<p class="note">${words.message.htmlFailed}</p>${fallback}`;
  return html`<div class="html-body">
    ${purified && purified.remoteCount > 0 && html`<${RemoteNote} purified=${purified} />`}
    <iframe
      ref=${frame}
      class="frame"
      title=${title}
      src=${paths.frame}
      sandbox="allow-popups allow-popups-to-escape-sandbox allow-same-origin"
      referrerpolicy="no-referrer"
      onLoad=${() => show().catch(() => setFailed(true))}
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

const frameStyle = `
:root { color-scheme: light; background: #fff; }
body { margin: 0; padding: 16px; font: 16px/1.55 system-ui, sans-serif; color: #1f2328; overflow-wrap: anywhere; }
html, body { height: auto !important; min-height: 0 !important; }
img { max-width: 100%; height: auto; }
table { max-width: 100%; }
pre { white-space: pre-wrap; }
blockquote { margin: 0 0 0 8px; padding-left: 12px; border-left: 3px solid #d8d4cb; }
`;

/** Moves the tree into the frame's document and keeps the frame as high as what it holds. */
function fill(frame: HTMLIFrameElement, root: HTMLElement): void {
  const inside = frame.contentDocument;
  if (!inside?.documentElement) return;
  inside.replaceChild(inside.adoptNode(root), inside.documentElement);
  const style = inside.createElement('style');
  style.textContent = frameStyle;
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
