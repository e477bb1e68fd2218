import { html } from 'htm/preact';
import { useId, useState } from 'preact/hooks';
import type { Mailbox } from '../../wire.ts';
import { tagsWords } from '../locales/tags.ts';
import type { TagChange } from '../manage-tags.ts';
import { useApp } from '../state.ts';
import { colourOf, placedTags, tagColourNames, tagColours } from '../tag-colours.ts';
import { plainLine } from '../text.ts';
import { tagName } from './tag-name.ts';

interface Props {
  /** Null for one that is to be made. */
  readonly tag: Mailbox | null;
  readonly submitName: string;
  /** Gives what to say when it can't be, null when it is done. */
  readonly save: (change: TagChange & { readonly name: string }) => Promise<string | null>;
  readonly cancel?: () => void;
  readonly remove?: () => void;
}

/** Name, colour and place of a tag. */
export function TagForm({ tag, submitName, save, cancel, remove }: Props) {
  const { state } = useApp();
  const words = tagsWords[state.language];
  const [fault, setFault] = useState('');
  const [isBusy, setBusy] = useState(false);
  const faultId = useId();
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const name = plainLine(String(given.get('name'))).slice(0, 100);
    if (!name) return;
    setBusy(true);
    const colour = String(given.get('colour') || '') || null;
    const parentId = String(given.get('parent') || '') || null;
    const refusal = await save({ name, colour, parentId });
    setFault(refusal ?? '');
    setBusy(false);
    if (refusal !== null || tag) return;
    form.reset();
    form.querySelector('input')?.focus();
  }
  return html`<form class="tag-form" onSubmit=${(event: SubmitEvent) => void submit(event)}>
    <label class="field">
      <span>${words.name}</span>
      <input
        name="name"
        required
        readonly=${isBusy}
        maxlength="100"
        autocomplete="off"
        defaultValue=${tag ? plainLine(tag.name) : ''}
        aria-invalid=${fault ? 'true' : undefined}
        aria-describedby=${fault ? faultId : undefined}
      />
    </label>
    <p class="fault" role="alert" id=${faultId}>${fault}</p>
    <${Palette} tag=${tag} />
    <${Places} tag=${tag} />
    <div class="tag-form-buttons">
      <button class="button primary" disabled=${isBusy}>${submitName}</button>
      ${cancel && html`<button type="button" class="button" onClick=${cancel}>${words.cancel}</button>`}
      ${remove && html`<button type="button" class="button danger" onClick=${remove}>${words.remove}</button>`}
    </div>
  </form>`;
}

function Palette({ tag }: { tag: Mailbox | null }) {
  const { language } = useApp().state;
  const words = tagsWords[language];
  const current = colourOf(tag?.colour);
  const choice = (
    name: string,
    value: string,
    isChosen: boolean,
    colour?: string,
  ) => html`<label class="swatch" key=${value}>
    <input type="radio" name="colour" value=${value} defaultChecked=${isChosen} />
    <span class="chip" data-colour=${colour}>${name}</span>
  </label>`;
  return html`<fieldset class="palette">
    <legend>${words.colour}</legend>
    ${choice(words.noColour, '', current === null)}
    ${tagColourNames.map(name => choice(words.colours[name], tagColours[name], current === name, name))}
  </fieldset>`;
}

/** Tags that this one may lie under: any but itself and those under it. */
function Places({ tag }: { tag: Mailbox | null }) {
  const { state, words: shared } = useApp();
  const words = tagsWords[state.language];
  const below = new Set(tag ? [tag.id] : []);
  const places = placedTags(state.tags).filter(({ tag: one }) => {
    if (below.has(one.parentId ?? '')) below.add(one.id);
    return !below.has(one.id);
  });
  const parentId = tag?.parentId ?? '';
  return html`<label class="field">
    <span>${words.under}</span>
    <select name="parent">
      <option value="" selected=${parentId === ''}>${words.top}</option>
      ${places.map(
        ({ tag: one, depth }) =>
          html`<option key=${one.id} value=${one.id} selected=${one.id === parentId}>${'\u2003'.repeat(depth)}${tagName(one, shared)}</option>`,
      )}
    </select>
  </label>`;
}
