import { html } from 'htm/preact';
import type { EmailPrivacy, PrivacyMark } from '../../wire.ts';
import { indexWords } from '../locales/index-words.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Icon } from './icon.ts';

interface Props {
  readonly mark: PrivacyMark;
  readonly originator: string | undefined;
  readonly reasons: EmailPrivacy['reasons'];
}

const shownReasons = 5;

/** The warning that comes before anything else and replaces the letter. */
export function Warning({ mark, originator, reasons }: Props) {
  const { state, words } = useApp();
  const domain = plainLine(originator?.split('@').at(-1) ?? '') || words.warnings.ofSender;
  const text = mark === 'forged' ? words.warnings.forged.text(domain) : words.warnings[mark].text;
  const known = reasons
    .filter(reason => reason.weight > 0)
    .flatMap(reason => indexWords.reasons[reason.id]?.[state.language] ?? []);
  return html`<section class="warning" data-mark=${mark}>
    <h3><${Icon} name="warning" />${words.warnings[mark].title}</h3>
    <p>${text}</p>
    ${
      known.length > 0 &&
      html`<details>
      <summary>${words.warnings.why}</summary>
      <ul>${[...new Set(known)].slice(0, shownReasons).map(reason => html`<li key=${reason}>${reason}</li>`)}</ul>
    </details>`
    }
  </section>`;
}
