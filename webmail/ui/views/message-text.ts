import { html } from 'htm/preact';
import { useApp } from '../state.ts';
import { linkify, mayQuote, plainText } from '../text.ts';
import { Lazy } from './lazy.ts';

/** Plain text of a message. */
export interface MessageTextProps {
  readonly text: string;
  /** False: a message that looks harmful leads nowhere. */
  readonly hasLinks: boolean;
  /** It passes another message on, which is then no quotation. */
  readonly isForward?: boolean;
}

const quotedText = async () => (await import('./quoted-text.ts')).QuotedText;

/** Plain text with quoted text folded; how to find that is fetched when there may be some. */
export function MessageText(props: MessageTextProps) {
  const { text, hasLinks } = props;
  if (mayQuote(text)) return html`<${Lazy} load=${quotedText} props=${props} />`;
  return html`<div class="text" dir="auto"><${TextBlock} text=${plainText(text).trimEnd()} hasLinks=${hasLinks} /></div>`;
}

/** Lines of text, web addresses as links. Only text nodes are made. */
export function TextBlock({ text, hasLinks }: { text: string; hasLinks: boolean }) {
  return html`<div class="text-block">${hasLinks ? html`<${Linked} text=${text} />` : text}</div>`;
}

function Linked({ text }: { text: string }) {
  const { words } = useApp();
  return linkify(text).map(piece =>
    typeof piece === 'string'
      ? piece
      : html`<bdi><a href=${piece.href} title=${piece.href.slice(0, 300)} target="_blank" rel="noopener noreferrer">${piece.label}</a>${piece.trueHost && html`<strong class="true-host"> (${words.message.leadsTo(piece.trueHost)})</strong>`}</bdi>`,
  );
}
