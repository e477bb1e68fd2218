import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { tabsWords } from '../locales/tabs.ts';
import { forgetView, renameView, saveView } from '../save-view.ts';
import { type NarrowedList, viewOf } from '../saved-views.ts';
import { useApp } from '../state.ts';
import { closeCurrent, closeOthers, pinTab } from '../tab-actions.ts';
import { loadViews } from '../tab-counts.ts';
import { tabKey } from '../tab-memory.ts';
import { plainLine } from '../text.ts';
import { listTitle } from './tab-title.ts';

/** Pins, saves and closes the list in sight. */
export function TabPanel() {
  const app = useApp();
  const { state } = app;
  const words = tabsWords[state.language];
  const { list, filter } = state.route;
  if (list.kind === 'page') return null;
  const key = tabKey(list);
  const tab = state.tabs.find(one => tabKey(one.list) === key);
  const hasOthers = state.tabs.some(one => one !== tab && !one.isPinned);
  return html`<div class="tab-panel">
    <p class="popover-head"><bdi>${listTitle({ list, filter }, state)}</bdi></p>
    ${
      tab &&
      html`<label class="check">
      <input
        type="checkbox"
        checked=${tab.isPinned}
        onChange=${(event: Event) => pinTab(app, key, (event.currentTarget as HTMLInputElement).checked)}
      />
      <span>${words.pin}</span>
    </label>`
    }
    <${Saving} key=${key} narrowed=${{ list, filter }} />
    ${tab && html`<button class="button" onClick=${() => closeCurrent(app)}>${words.close}</button>`}
    ${hasOthers && html`<button class="button" onClick=${() => closeOthers(app)}>${words.closeOthers}</button>`}
  </div>`;
}

/** Saves the list under a name, on every device; a saved one is renamed or forgotten. */
function Saving({ narrowed }: { narrowed: NarrowedList }) {
  const { state, store, actions, client } = useApp();
  const words = tabsWords[state.language];
  const [isBusy, setBusy] = useState(false);
  const saved = viewOf(narrowed, state.views);
  const asking = { client, accountId: state.session?.accountId ?? '' };

  async function keep(work: Promise<void>, text: string): Promise<void> {
    setBusy(true);
    try {
      await work;
      store.set({ views: await loadViews(asking) });
      actions.say({ text });
    } catch (error) {
      actions.tellError(error);
    } finally {
      setBusy(false);
    }
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const name = plainLine(String(new FormData(event.currentTarget as HTMLFormElement).get('name'))).slice(
      0,
      100,
    );
    if (!name) return;
    if (saved) void keep(renameView(asking, saved.id, name), words.renamed(name));
    else void keep(saveView(asking, narrowed, { name, tags: state.tags }), words.saved(name));
  }

  return html`<form class="tab-saving" onSubmit=${submit}>
    <label>
      <span>${saved ? words.savedName : words.saveAs}</span>
      <input name="name" required maxlength="100" defaultValue=${listTitle(narrowed, state).slice(0, 100)} />
    </label>
    <p class="hint">${words.saveHint}</p>
    <div class="tab-saving-buttons">
      <button class="button small primary" disabled=${isBusy}>${saved ? words.rename : words.save}</button>
      ${
        saved &&
        html`<button
        type="button"
        class="button small"
        disabled=${isBusy}
        onClick=${() => void keep(forgetView(asking, saved.id), words.forgotten)}
      >${words.forget}</button>`
      }
    </div>
  </form>`;
}
