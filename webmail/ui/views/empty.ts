import { html } from 'htm/preact';
import type { Level } from '../../wire.ts';
import { LevelPicture } from './level.ts';

/** What stands where nothing is: a picture of ours and a sentence. */
export function Empty({ text, picture = 'C' }: { text: string; picture?: Level }) {
  return html`<div class="empty"><${LevelPicture} level=${picture} isLarge=${true} /><p role="status">${text}</p></div>`;
}
