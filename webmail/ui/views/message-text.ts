import { html } from 'htm/preact';
import { useApp } from '../state.ts';
import { linkify } from '../text.ts';
import { type Block, blocksOf } from '../text-quotes.ts';

interface Props {
  readonly text: string;
  /** False: a message that looks harmful leads nowhere. */
  readonly hasLinks: boolean;
  /** It passes another message on, which is then no quotation. */
  readonly isForward?: boolean;
}

/** Plain text: own words in paragraphs, quoted text folded, web addresses as links. Only text nodes are made. */
export function MessageText({ text, hasLinks, isForward = false }: Props) {
  const { words } = useApp();
  const shown = ({ text }: Block) =>
    html`<div class="text-block">${hasLinks ? html`<${Linked} text=${text} />` : text}</div>`;
  return html`<div class="text" dir="auto">
    ${blocksOf(text, isForward).map((block, place) =>
      block.isQuoted
        ? html`<details class="quoted" key=${place} open=${block.isAnswered}>
            <summary>${words.message.quoted}</summary>
            ${shown(block)}
          </details>`
        : html`<div key=${place}>${shown(block)}</div>`,
    )}
  </div>`;
}

function Linked({ text }: { text: string }) {
  const { words } = useApp();
  return linkify(text).map(piece =>
    typeof piece === 'string'
      ? piece
      : html`<bdi><a href=${piece.href} title=${piece.href.slice(0, 300)} target="_blank" rel="noopener noreferrer">${piece.label}</a>${piece.trueHost && html`<strong class="true-host"> (${words.message.leadsTo(piece.trueHost)})</strong>`}</bdi>`,
  );
}
