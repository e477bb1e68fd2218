import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { EmailPrivacy, PrivacyMark } from '../../wire.ts';
import { warningWords } from '../locales/warnings.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Icon } from './icon.ts';
import { Lazy } from './lazy.ts';

export interface WarningProps {
  readonly mark: PrivacyMark;
  readonly originator: string | undefined;
  readonly reasons: EmailPrivacy['reasons'];
  /** The message. */
  readonly children: ComponentChildren;
}

const reasonList = async () => (await import('./reasons.ts')).Reasons;

/** The warning that comes before anything else and replaces the letter: nothing of the message is shown without it. */
export function Warning({ mark, originator, reasons, children }: WarningProps) {
  const { state, words } = useApp();
  const told = warningWords[state.language];
  const domain = plainLine(originator?.split('@').at(-1) ?? '') || told.ofSender;
  const text = mark === 'forged' ? told.forged(domain) : told[mark];
  const [isOpen, setOpen] = useState(mark === 'harmful');
  const bad = reasons.filter(reason => reason.weight > 0);
  return html`<section class="warning" data-mark=${mark}>
    <h3><${Icon} name="warning" />${words.warnings[mark]}</h3>
    <p>${text}</p>
    ${
      bad.length > 0 &&
      html`<details open=${mark === 'harmful'} onToggle=${(event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>${told.why}</summary>
      ${isOpen && html`<${Lazy} load=${reasonList} props=${{ reasons: bad }} />`}
    </details>`
    }
  </section>
  ${children}`;
}
