import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { selectionOf } from '../choose.ts';
import { actsWords } from '../locales/acts.ts';
import { choicesWords } from '../locales/choices.ts';
import { perform, selectedRows, tagShares } from '../perform.ts';
import { useApp } from '../state.ts';
import { tagNamed } from '../tag-acts.ts';
import { placedTags } from '../tag-colours.ts';
import { plainLine } from '../text.ts';
import { Icon } from './icon.ts';
import { Popover } from './popover.ts';
import { tagName } from './tag-name.ts';

/** Adds tags to the selected messages and removes them. */
export function SelectionTags({ isDisabled }: { isDisabled: boolean }) {
  const { state } = useApp();
  const words = actsWords[state.language].bar;
  const [isOpen, setOpen] = useState(false);
  const summary = html`<summary class="icon-button" data-key="tag" title=${words.tag}>
    <${Icon} name="tag" /><span class="visually-hidden">${words.tag}</span>
  </summary>`;
  if (isDisabled) return null;
  return html`<${Popover} class="selection-tags" summary=${summary} tell=${setOpen}>
    ${isOpen && html`<${Choices} />`}
  <//>`;
}

function Choices() {
  const app = useApp();
  const { state, words, actions } = app;
  const choices = choicesWords[state.language];
  const selection = selectionOf(state);
  const [shares, setShares] = useState<Readonly<Record<string, number>>>({});
  useEffect(() => {
    tagShares(app, selectedRows(state)).then(setShares, actions.noteError);
  }, [selection]);
  const own = placedTags(state.tags);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const name = plainLine(String(new FormData(event.currentTarget as HTMLFormElement).get('name'))).slice(
      0,
      100,
    );
    const tagId = name && (await tagNamed(app, name));
    if (tagId) await perform(app, { tagId, isAdded: true }, selectedRows(state));
  }

  return html`${own.length === 0 && html`<p class="hint">${choices.none}</p>`}
    ${own.map(({ tag }) => html`<${Choice} key=${tag.id} id=${tag.id} name=${tagName(tag, words)} share=${shares[tag.id] ?? 0} />`)}
    <form class="new-tag" onSubmit=${(event: SubmitEvent) => void submit(event)}>
      <input name="name" maxlength="100" aria-label=${choices.newName} placeholder=${choices.newName} required />
      <button class="button small primary">${choices.make}</button>
    </form>`;
}

/** Checked when all of them have it, half when some do. */
function Choice({ id, name, share }: { id: string; name: string; share: number }) {
  const app = useApp();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = share > 0 && share < 1;
  }, [share]);
  const set = (event: Event) =>
    perform(
      app,
      { tagId: id, isAdded: (event.currentTarget as HTMLInputElement).checked },
      selectedRows(app.state),
    );
  return html`<label class="check">
    <input type="checkbox" ref=${box} checked=${share === 1} onChange=${(event: Event) => void set(event)} />
    <bdi>${name}</bdi>
  </label>`;
}
