import { html } from 'htm/preact';
import type { EmailBodyPart } from '../../wire.ts';
import { loadLaterStyle } from '../later-style.ts';
import type { FullEmail } from '../mail.ts';
import { needsDevice } from '../opened.ts';
import { useApp } from '../state.ts';
import { isForwardSubject } from '../text.ts';
import { Lazy } from './lazy.ts';
import { MessageHtml } from './message-html.ts';
import { MessageText } from './message-text.ts';
import { Sealed, type SealedProps } from './sealed.ts';

const attachments = async () =>
  (await Promise.all([import('./attachments.ts'), loadLaterStyle()]))[0].Attachments;

/** Text and attachments of a message, or why they can't be shown. */
export function MessageBody({ email, subject, reload }: SealedProps & { subject: string }) {
  const { words } = useApp();
  if (needsDevice(email)) return html`<${Sealed} email=${email} reload=${reload} />`;
  const shown = email.htmlBody.length > 0 ? email.htmlBody : email.textBody;
  const values = shown.flatMap(part => email.bodyValues[part.partId ?? ''] ?? []);
  const parts = listed(email, shown);
  const hasText = values.some(value => value.value.trim() !== '');
  return html`<div class="body">
      ${values.some(value => value.isEncodingProblem) && html`<p class="note">${words.message.encoding}</p>`}
      ${!hasText && html`<p class="hint">${words.message.empty}</p>`}
      ${shown.map(part => html`<${BodyPart} key=${part.partId} part=${part} email=${email} subject=${subject} />`)}
      ${values.some(value => value.isTruncated) && html`<p class="note">${words.message.truncated}</p>`}
    </div>
    ${parts.length > 0 && html`<${Lazy} load=${attachments} props=${{ parts, isHarmful: email.privacy.marks.includes('harmful') }} />`}`;
}

function BodyPart({ part, email, subject }: { part: EmailBodyPart; email: FullEmail; subject: string }) {
  const { words } = useApp();
  const value = email.bodyValues[part.partId ?? '']?.value ?? '';
  if (value.trim() === '') return null;
  const hasLinks = !email.privacy.marks.some(mark => mark === 'harmful' || mark === 'forged');
  const isForward = isForwardSubject(email.subject ?? '');
  if (part.type !== 'text/html')
    return html`<${MessageText} text=${value} hasLinks=${hasLinks} isForward=${isForward} />`;
  return html`<${MessageHtml}
    hasLinks=${hasLinks}
    isForward=${isForward}
    source=${value}
    title=${words.message.body(subject)}
    inline=${email.attachments}
    plainText=${plainTextOf(email)}
    picturesOf=${email.privacy.protection.opened ? null : email.id}
  />`;
}

function plainTextOf(email: FullEmail): string {
  return email.textBody
    .filter(part => part.type === 'text/plain')
    .map(part => email.bodyValues[part.partId ?? '']?.value ?? '')
    .join('\n\n');
}

/** Parts for programs alone; what they say is told in words above the text. */
const machineTypes: ReadonlySet<string> = new Set(['application/pgp-signature', 'application/pgp-encrypted']);

/** What is offered to save: pictures that the HTML shows are not listed again; media parts without text are. */
function listed(email: FullEmail, shown: readonly EmailBodyPart[]): EmailBodyPart[] {
  const markup = shown
    .filter(part => part.type === 'text/html')
    .map(part => email.bodyValues[part.partId ?? '']?.value ?? '')
    .join('');
  const media = shown.filter(part => !part.type.startsWith('text/'));
  const isShown = (part: EmailBodyPart) => part.cid !== null && markup.includes(`cid:${part.cid}`);
  return [...media, ...email.attachments].filter(
    part => part.blobId && !isShown(part) && !machineTypes.has(part.type),
  );
}
