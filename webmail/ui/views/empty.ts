import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Level } from '../../wire.ts';
import { LevelPicture } from './level.ts';

interface Props {
  readonly text: string;
  readonly picture?: Level;
  /** What can be done about it. */
  readonly children?: ComponentChildren;
}

/** What stands where nothing is: a picture of ours and a sentence. */
export function Empty({ text, picture = 'C', children }: Props) {
  return html`<div class="empty"><${LevelPicture} level=${picture} isLarge=${true} /><p>${text}</p>${children}</div>`;
}
