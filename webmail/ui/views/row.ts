import type { Discussion, PrivacyMark } from '../../wire.ts';
import type { Words } from '../locales/en.ts';
import { type EmailRow, personOf } from '../mail.ts';
import { nameOf, plainLine } from '../text.ts';

const markOrder = ['harmful', 'forged', 'spam'] as const;

/** The gravest mark; it comes first and replaces the letter. */
export function firstMark(marks: readonly PrivacyMark[]): PrivacyMark | null {
  return markOrder.find(mark => marks.includes(mark)) ?? null;
}

/** Subject and first words of a message, as this device has opened it; or what is said in their place. */
export function textOf(
  row: EmailRow,
  words: Words,
  opened?: Pick<EmailRow, 'subject' | 'preview'>,
): { subject: string; preview: string } {
  const email = { ...row, ...opened };
  if (email.privacyBrief.sealed && !opened) return { subject: words.timeline.sealedLine, preview: '' };
  return {
    subject: plainLine(email.subject ?? '') || words.timeline.noSubject,
    preview: plainLine(email.preview ?? '') || words.timeline.noText,
  };
}

/** Who takes part in a discussion besides the owner. */
export function namesOf(participants: Discussion['participants'], words: Words): string {
  const names = participants.map(participant =>
    participant.protocol === 'list' ? words.timeline.list(nameOf(participant)) : nameOf(participant),
  );
  if (names.length === 0) return words.discussion.alone;
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} ${words.timeline.others(names.length - 3)}` : shown;
}

/** Who wrote a message. */
export function writerOf(email: Pick<EmailRow, 'from'>, words: Words): string {
  const originators = (email.from ?? []).map(address => nameOf(personOf(address))).filter(Boolean);
  return originators.length > 0 ? originators.join(', ') : words.timeline.nobody;
}
