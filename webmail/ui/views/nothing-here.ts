import { html } from 'htm/preact';
import { inboxId } from '../route.ts';
import { useApp } from '../state.ts';
import { Empty } from './empty.ts';

/** What an empty list says, and the way out of a filter that lets nothing through. */
export function NothingHere() {
  const { state, words, actions } = useApp();
  const { list, filter } = state.route;
  if (Object.keys(filter).length > 0) {
    const isUnreadAlone = filter.isUnread && Object.keys(filter).length === 1;
    return html`<${Empty} text=${isUnreadAlone ? words.timeline.allRead : words.timeline.noneSuch}>
      <button class="button" onClick=${() => actions.go({ filter: {} })}>${words.timeline.showAll}</button>
    <//>`;
  }
  const isInbox = list.kind === 'tag' && list.id === inboxId;
  return html`<${Empty} text=${isInbox ? words.timeline.emptyInbox : words.timeline.empty} />`;
}
