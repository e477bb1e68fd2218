import type { WindowLike } from 'dompurify';
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { paths } from '../../wire.ts';
import { dressHtml } from '../dress-html.ts';
import { fillFrame, isFrameDocument, lighten } from '../fill-frame.ts';
import { foldQuotes } from '../html-quotes.ts';
import { isTooMuch, textOfHtml } from '../html-tags.ts';
import { inlineAddresses } from '../inline-pictures.ts';
import { formattedWords } from '../locales/formatted.ts';
import { type SignedPictures, usePictures } from '../pictures.ts';
import type { Wanted } from '../remote-css.ts';
import { useApp } from '../state.ts';
import type { HtmlBody } from './message-html.ts';
import { MessageText } from './message-text.ts';
import { RemoteNote } from './remote-note.ts';

/** A frame whose ticket was used up, by whatever loaded it twice, gets a new one so many times. */
const maxTries = 3;
const none: ReadonlyMap<string, string> = new Map();

/**
 * An HTML body in a frame of its own: the server's empty document, whose policy allows neither scripts nor anything
 * from elsewhere, filled with the purified tree. This page's own document never parses a sender's HTML. When the
 * owner wants the pictures, the document is another one, whose policy lets those through that the server fetched.
 */
export function HtmlFrame(props: HtmlBody) {
  const { source, title, hasLinks, plainText } = props;
  const { state } = useApp();
  const frame = useRef<HTMLIFrameElement>(null);
  const [wanted, setWanted] = useState<readonly Wanted[] | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const pictures = usePictures(hasLinks ? (props.picturesOf ?? null) : null, wanted);
  const { address, again } = useAddress(pictures.signed, () => setFailed(true));
  const isPlain = !/colou?r|background/i.test(source);
  const theme = isPlain ? state.theme : 'light';
  const makeBody = useBody(props);

  async function show(): Promise<void> {
    if (!frame.current || !isFrameDocument(frame.current)) return again();
    const made = await makeBody(frame.current, pictures.signed);
    if (!made || !frame.current) return setFailed(true);
    fillFrame(frame.current, made.root, isPlain);
    lighten(frame.current, theme);
    setWanted(known => known ?? made.wanted);
  }
  useEffect(() => lighten(frame.current, theme), [theme]);

  if (hasFailed) {
    return html`<p class="note">${formattedWords[state.language].htmlFailed}</p>
      <${MessageText} text=${plainText || textOfHtml(source)} hasLinks=${hasLinks} />`;
  }
  return html`<div class="html-body">
    ${wanted && wanted.length > 0 && html`<${RemoteNote} wanted=${wanted} pictures=${pictures} />`}
    ${
      address &&
      html`<iframe
      ref=${frame}
      class="frame"
      data-plain=${isPlain}
      title=${title}
      src=${address}
      sandbox="allow-popups allow-popups-to-escape-sandbox allow-same-origin"
      referrerpolicy="no-referrer"
      onLoad=${() => show().catch(() => setFailed(true))}
    ></iframe>`
    }
  </div>`;
}

/** Address of the frame's document, good for one load; another one when the pictures may come. */
function useAddress(signed: SignedPictures | null, fail: () => void) {
  const { client } = useApp();
  const [address, setAddress] = useState<string | null>(null);
  const [tries, setTries] = useState(1);
  useEffect(() => {
    let isOver = false;
    const path = signed ? paths.pictureFrame : paths.frame;
    client.ticket('frame').then(
      ticket => isOver || setAddress(`${path}?ticket=${ticket}`),
      () => isOver || fail(),
    );
    return () => {
      isOver = true;
    };
  }, [signed, tries]);
  return { address, again: () => (tries < maxTries ? setTries(tries + 1) : fail()) };
}

/** Makes the tree that a frame shows, anew for each document; null when a browser would stand still over it. */
function useBody({ source, hasLinks, inline, isForward }: HtmlBody) {
  const { state, words, client } = useApp();
  const parts = useRef<Promise<ReadonlyMap<string, string>> | null>(null);
  return async (frame: HTMLIFrameElement, signed: SignedPictures | null) => {
    parts.current ??= inlineAddresses(client, state.session?.accountId ?? '', inline);
    const [{ purify }, addresses] = await Promise.all([import('../purify.ts'), parts.current]);
    const inside = frame.contentWindow;
    if (!inside || isTooMuch(source)) return null;
    const made = purify(source, {
      inline: addresses,
      fetched: signed?.addresses ?? none,
      // The frame is of this origin, so its window has the constructors that a purifier needs.
      frame: inside as unknown as WindowLike,
    });
    dressHtml(made.root, { hasLinks, leadsTo: words.message.leadsTo });
    if (!isForward)
      foldQuotes(made.root, { label: formattedWords[state.language].quoted, language: state.language });
    return made;
  };
}
