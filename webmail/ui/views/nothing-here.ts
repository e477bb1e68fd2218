import { html } from 'htm/preact';
import { emptyWords } from '../locales/empty.ts';
import { inboxId } from '../route.ts';
import { useApp } from '../state.ts';
import { Empty } from './empty.ts';

/** What an empty list says, and the way out of a filter that lets nothing through. */
export function NothingHere() {
  const { state, words, actions } = useApp();
  const text = emptyWords[state.language];
  const { list, filter } = state.route;
  if (Object.keys(filter).length > 0) {
    const isUnreadAlone = filter.isUnread && Object.keys(filter).length === 1;
    return html`<${Empty} text=${isUnreadAlone ? text.allRead : text.noneSuch}>
      <button class="button" onClick=${() => actions.go({ filter: {} })}>${text.showAll}</button>
    <//>`;
  }
  const isInbox = list.kind === 'tag' && list.id === inboxId;
  return html`<${Empty} text=${isInbox ? text.inbox : words.timeline.empty} />`;
}
