import { html } from 'htm/preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { automaticWords, signed } from '../locales/automatic.ts';
import type { Asking, FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { Opener } from './opener.ts';

interface Props {
  readonly email: FullEmail;
  readonly reload: () => void;
}

/** How much a message matters, why, and a slider to say it oneself. */
export function MessageImportance({ email, reload }: Props) {
  const app = useApp();
  const words = automaticWords[app.state.language];
  const { importance, importanceReasons } = email;
  const { by } = importanceReasons;
  const [shown, setShown] = useState(importance);
  const id = useId();
  const read = (event: Event) => Number((event.currentTarget as HTMLInputElement).value);
  async function set(value: number | null): Promise<void> {
    try {
      await changeImportance(
        { client: app.client, accountId: app.state.session?.accountId ?? '' },
        email.id,
        value,
      );
      app.actions.announce(value === null ? words.judgedAgain : words.setTo(value));
      reload();
    } catch (error) {
      app.actions.noteError(error);
      app.actions.say({ text: words.notSet });
    }
  }
  const slider = useRef<HTMLInputElement>(null);
  function judgeAgain(): Promise<void> {
    // The button goes.
    slider.current?.focus();
    return set(null);
  }
  // What the owner is setting here stays under their hand.
  useEffect(() => {
    if (by !== 'owner') setShown(importance);
  }, [by, importance]);
  return html`<${Opener} icon="filter" name=${words.importance(importance)}>
    <div>
      <p class="popover-head">${words.reasons}</p>
      ${by === 'rule' || by === 'owner' ? html`<p>${words.by[by]}</p>` : html`<${Reasons} list=${importanceReasons.list} />`}
    </div>
    <label for=${id}>${words.set}</label>
    <input
      id=${id}
      ref=${slider}
      type="range"
      min="-10"
      max="10"
      value=${shown}
      aria-valuetext=${signed(shown)}
      aria-describedby=${`${id}-hint`}
      onInput=${(event: Event) => setShown(read(event))}
      onChange=${(event: Event) => void set(read(event))}
    />
    <output for=${id}>${signed(shown)}</output>
    <p class="hint" id=${`${id}-hint`}>${words.setHint}</p>
    ${by === 'owner' && html`<button class="button small" onClick=${() => void judgeAgain()}>${words.judgeAgain}</button>`}
  <//>`;
}

function Reasons({ list }: { list: FullEmail['importanceReasons']['list'] }) {
  const { language } = useApp().state;
  const words = automaticWords[language];
  if (list.length === 0) return html`<p>${words.noReasons}</p>`;
  return html`<ul>
    ${list.map(
      reason => html`<li key=${reason.id}>
        <span aria-hidden="true">${reason.weight > 0 ? '+' : '−'} </span>${reason[language]}
        <span class="visually-hidden">, ${reason.weight > 0 ? words.more : words.less}</span>
      </li>`,
    )}
  </ul>`;
}

async function changeImportance(
  { client, accountId }: Asking,
  emailId: string,
  importance: number | null,
): Promise<void> {
  const update = { [emailId]: { importance } };
  const answers = await client.call([['Email/set', { accountId, update }, 'set']]);
  const refused = (answers.set?.notUpdated ?? {}) as Record<string, { type: string }>;
  if (refused[emailId]) throw new Error(refused[emailId].type);
}
