import { html } from 'htm/preact';
import { formattedWords } from '../locales/formatted.ts';
import { useApp } from '../state.ts';
import { blocksOf } from '../text-quotes.ts';
import { type MessageTextProps, TextBlock } from './message-text.ts';

/** Own words in paragraphs, quoted text folded; what is answered between the lines stays in sight. */
export function QuotedText({ text, hasLinks, isForward = false }: MessageTextProps) {
  const { state } = useApp();
  return html`<div class="text" dir="auto">
    ${blocksOf(text, isForward).map((block, place) =>
      block.isQuoted
        ? html`<details class="quoted" key=${place} open=${block.isAnswered}>
            <summary>${formattedWords[state.language].quoted}</summary>
            <${TextBlock} text=${block.text} hasLinks=${hasLinks} />
          </details>`
        : html`<${TextBlock} key=${place} text=${block.text} hasLinks=${hasLinks} />`,
    )}
  </div>`;
}
