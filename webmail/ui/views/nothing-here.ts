import { html } from 'htm/preact';
import { inboxId } from '../route.ts';
import { useApp } from '../state.ts';

/** What an empty list says, and the way out of a filter that lets nothing through. */
export function NothingHere() {
  const { state, words, actions } = useApp();
  const { list, filter } = state.route;
  if (Object.keys(filter).length > 0) {
    const isUnreadAlone = filter.isUnread && Object.keys(filter).length === 1;
    return html`<div class="nothing">
      <p>${isUnreadAlone ? words.timeline.allRead : words.timeline.noneSuch}</p>
      <button class="button" onClick=${() => actions.go({ filter: {} })}>${words.timeline.showAll}</button>
    </div>`;
  }
  const isInbox = list.kind === 'tag' && list.id === inboxId;
  return html`<div class="nothing"><p>${isInbox ? words.timeline.emptyInbox : words.timeline.empty}</p></div>`;
}
