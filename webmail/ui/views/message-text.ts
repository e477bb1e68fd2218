import { html } from 'htm/preact';
import { useApp } from '../state.ts';
import { blocksOf, linkify } from '../text.ts';

/** Plain text: own words in paragraphs, quoted text folded, web addresses as links. Only text nodes are made. */
export function MessageText({ text, hasLinks }: { text: string; hasLinks: boolean }) {
  const { words } = useApp();
  return html`<div class="text" dir="auto">
    ${blocksOf(text).map((block, place) =>
      block.isQuoted
        ? html`<details class="quoted" key=${place}>
            <summary>${words.message.quoted}</summary>
            <div class="text-block">${hasLinks ? html`<${Linked} text=${block.text} />` : block.text}</div>
          </details>`
        : html`<div class="text-block" key=${place}>${hasLinks ? html`<${Linked} text=${block.text} />` : block.text}</div>`,
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
