import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Mailbox } from '../../wire.ts';
import { useApp } from '../state.ts';
import { colourOf } from '../tag-colours.ts';
import { tagName } from './tag-name.ts';

interface Props {
  readonly tag: Mailbox;
  /** A button beside the name. */
  readonly children?: ComponentChildren;
}

/** A tag's name in its colour. */
export function TagChip({ tag, children }: Props) {
  const { words } = useApp();
  return html`<span class="chip" data-colour=${colourOf(tag.colour)}><bdi>${tagName(tag, words)}</bdi>${children}</span>`;
}
