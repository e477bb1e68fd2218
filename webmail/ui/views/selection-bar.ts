import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { acts } from '../acts.ts';
import { chooseWhole, endChoice, selectionOf } from '../choose.ts';
import { actsWords } from '../locales/acts.ts';
import { countList, destroyForGood, isWholeOffered, perform, selectedRows } from '../perform.ts';
import { useApp } from '../state.ts';
import { Icon, type IconName } from './icon.ts';
import { SelectionTags } from './selection-tags.ts';
import { resolveTagId } from './tag-name.ts';

/** What can be done with the rows that are selected, all at once. */
export function SelectionBar({ chooseShown }: { chooseShown: () => void }) {
  const app = useApp();
  const { state } = app;
  const words = actsWords[state.language].bar;
  const total = useTotal();
  const { keys, isWhole } = selectionOf(state);
  const { list } = state.route;
  const role =
    list.kind === 'tag' && state.tags.find(tag => tag.id === resolveTagId(list.id, state.tags))?.role;
  const isEmpty = keys.size === 0 && !isWhole;
  const button = (name: string, icon: IconName, run: () => Promise<void>) => html`<button
    class="icon-button"
    aria-label=${name}
    title=${name}
    disabled=${isEmpty || state.work !== null}
    onClick=${() => void run()}
  ><${Icon} name=${icon} /></button>`;
  const act = (name: (typeof acts)[number], icon: IconName) =>
    button(words[name], icon, () => perform(app, name, selectedRows(state)));
  const counted = isWhole
    ? total === null
      ? words.counting
      : words.whole(total)
    : words.selected(keys.size);

  return html`<div class="selection-bar" role="group" aria-label=${words.label}>
    <div class="selection-count">
      <span role="status">${counted}</span>
      ${!isWhole && html`<button class="button small quiet" onClick=${chooseShown}>${words.all}</button>`}
      ${!isWhole && isWholeOffered(state) && html`<button class="button small quiet" onClick=${() => chooseWhole(app)}>${words.wholeOffer}</button>`}
      <button class="icon-button selection-end" aria-label=${words.clear} title=${words.clear} onClick=${() => endChoice(app)}><${Icon} name="close" /></button>
    </div>
    <div class="selection-acts">
      ${role === 'archive' ? act('inbox', 'inbox') : act('archive', 'archive')}
      ${role === 'junk' ? act('notJunk', 'inbox') : act('junk', 'junk')}
      ${role === 'trash' ? button(words.destroy, 'trash', () => destroyForGood(app, selectedRows(state))) : act('trash', 'trash')}
      ${act('read', 'read')}
      ${act('unread', 'unread')}
      <${SelectionTags} isDisabled=${isEmpty} />
    </div>
  </div>`;
}

/** Messages of the whole list, counted once all of it is selected. */
function useTotal(): number | null {
  const app = useApp();
  const { isWhole, list } = selectionOf(app.state);
  const [total, setTotal] = useState<number | null>(null);
  useEffect(() => {
    setTotal(null);
    if (!isWhole) return;
    let isOver = false;
    countList(app).then(count => isOver || setTotal(count), app.actions.noteError);
    return () => {
      isOver = true;
    };
  }, [isWhole, list]);
  return total;
}
