import { html } from 'htm/preact';
import type { EmailBodyPart } from '../../wire.ts';
import { Lazy } from './lazy.ts';

/** An HTML body and what belongs to it. */
export interface HtmlBody {
  readonly source: string;
  readonly title: string;
  /** False: a message that looks harmful leads nowhere. */
  readonly hasLinks: boolean;
  /** Parts that the body may name by Content-ID. */
  readonly inline: readonly EmailBodyPart[];
  /** The plain text that came along, shown when the formatted text can't be. */
  readonly plainText: string;
  /** It passes another message on, which is then no quotation. */
  readonly isForward: boolean;
  /** The message whose pictures may be fetched by the server after a click; null: nothing of it ever is. */
  readonly picturesOf?: string | null;
}

/** An HTML body in a frame of its own; all that it takes is fetched with the first one. */
export function MessageHtml(props: HtmlBody) {
  return html`<${Lazy} load=${loadFrame} props=${props} />`;
}

const loadFrame = async () => (await import('./html-frame.ts')).HtmlFrame;
