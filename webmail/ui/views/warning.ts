import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { EmailPrivacy, PrivacyMark } from '../../wire.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';

interface Props {
  readonly mark: PrivacyMark;
  readonly originator: string | undefined;
  readonly reasons: EmailPrivacy['reasons'];
}

const reasonList = async () => (await import('./reasons.ts')).Reasons;

/** The warning that comes before anything else and replaces the letter. */
export function Warning({ mark, originator, reasons }: Props) {
  const { words } = useApp();
  const domain = plainLine(originator?.split('@').at(-1) ?? '') || words.warnings.ofSender;
  const text = mark === 'forged' ? words.warnings.forged.text(domain) : words.warnings[mark].text;
  const [isOpen, setOpen] = useState(mark === 'harmful');
  const bad = reasons.filter(reason => reason.weight > 0);
  return html`<section class="warning" data-mark=${mark}>
    <h3><${Icon} name="warning" />${words.warnings[mark].title}</h3>
    <p>${text}</p>
    ${
      bad.length > 0 &&
      html`<details open=${mark === 'harmful'} onToggle=${(event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>${words.warnings.why}</summary>
      ${isOpen && html`<${Lazy} load=${reasonList} props=${{ reasons: bad }} />`}
    </details>`
    }
  </section>`;
}
