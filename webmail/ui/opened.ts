import type { OpenedMail } from '../device/protocol.ts';
import type { FullEmail } from './mail.ts';

/** A message with what was found behind its seal on this device, in place of what the server could say. */
export function withOpened(email: FullEmail, mail: OpenedMail | undefined): FullEmail {
  if (!mail) return email;
  const { blobs: _blobs, source: _source, facts, signer, signerArmor: _armor, form, ...shown } = mail;
  const protection = {
    form,
    opened: true,
    failure: null,
    signer: facts.signature === 'verified' ? (signer?.address ?? null) : null,
    fingerprint: signer?.fingerprint ?? null,
  };
  return { ...email, ...shown, privacy: { ...email.privacy, sealed: false, protection } };
}

/** Whether only a key of the owner's device could open the message. */
export function needsDevice({ privacy: { sealed, protection } }: Pick<FullEmail, 'privacy'>): boolean {
  const { form, failure, opened } = protection;
  const isPgp = form === 'pgpMime' || form === 'pgpInline';
  return sealed || (isPgp && !opened && failure === 'noKey');
}
