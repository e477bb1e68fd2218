import { allEntities } from '../../../delivery/message/body.ts';
import type { Entity, Message } from '../../../delivery/message/shape.ts';
import { previewText } from '../../../delivery/message/text.ts';
import { importanceOf } from '../../../delivery/store/importance.ts';
import type { Email } from '../../../delivery/store/store.ts';
import { bodyPart, bodyStructure, bodyValues, type Content, listsOf } from './email-body.ts';
import { bodyProperties, type EmailPlan, headerShortcuts, metadataReaders } from './email-properties.ts';
import { headerValue } from './header-forms.ts';
import { privacyBriefOf, privacyOf } from './privacy-view.ts';
import { importanceReasonsOf, tagReasonsOf } from './tag-reasons.ts';

/** What an email is shown from. */
export interface EmailSource {
  /** Null for Email/parse: a blob that is no stored email. */
  readonly email: Email | null;
  /** The octets as they are stored, parsed; null when the plan needs none. */
  readonly stored: Message | null;
  /** Where the body is read: the stored message, or what was encrypted in it. */
  readonly content: Content | null;
  /** Tag id of the role junk, for the marks. */
  readonly junkTagId: string | null;
}

/** The content of a message that is not, or can't be, opened. `closed` shows the armor of PGP/MIME as its body. */
export function contentOf(
  message: Message,
  blobId: string,
  { isOpened = false, isClosed = false }: { isOpened?: boolean; isClosed?: boolean } = {},
): Content {
  const places = new Map(allEntities(message).map((entity, index) => [entity, index]));
  return { message, places, blobId, isOpened, armor: isClosed ? armorOf(message) : null };
}

/** The part of PGP/MIME (RFC 3156 §4) that holds the encrypted data, null when the message has none. */
export function armorOf(message: Message): Entity | null {
  const { root } = message;
  if (root.mediaType !== 'multipart/encrypted') return null;
  return root.parts.find(part => part.mediaType === 'application/octet-stream') ?? root.parts[1] ?? null;
}

/** The email with the properties that the plan names (RFC 8621 §4.2, §4.9). */
export function emailView(source: EmailSource, plan: EmailPlan): Record<string, unknown> {
  const body = bodyReader(source.content, plan);
  const properties = source.email ? ['id', ...plan.properties] : plan.properties;
  return Object.fromEntries(
    [...new Set(properties)].map(property => [property, readProperty(property, source, { plan, body })]),
  );
}

interface Reading {
  readonly plan: EmailPlan;
  readonly body: ReadonlyMap<string, () => unknown>;
}

function readProperty(property: string, source: EmailSource, { plan, body }: Reading): unknown {
  const header = plan.headers.get(property);
  if (header) return source.stored ? headerValue(source.stored.root.fields, header) : null;
  const { email } = source;
  if (Object.hasOwn(metadataReaders, property)) return email ? metadataReaders[property]?.(email) : null;
  const shortcut = Object.hasOwn(headerShortcuts, property) ? headerShortcuts[property] : undefined;
  if (shortcut) return shortcutValue(property, shortcut, source);
  return (body.get(property) ?? (() => extensionValue(property, source)))();
}

function shortcutValue(
  property: string,
  shortcut: (typeof headerShortcuts)[string],
  { email, stored }: EmailSource,
): unknown {
  if (email && !(property === 'sentAt' && stored)) return shortcut.summary(email.summary);
  return stored ? headerValue(stored.root.fields, shortcut.header) : null;
}

function extensionValue(property: string, { email, content, junkTagId }: EmailSource): unknown {
  if (property === 'hasAttachment') return email ? email.summary.hasAttachment : hasAttachment(content);
  if (property === 'preview') return email ? email.summary.preview : previewOf(content);
  if (!email) return null;
  if (property === 'privacy') return privacyOf(email, junkTagId, content?.isOpened ?? false);
  if (property === 'privacyBrief') return privacyBriefOf(email, junkTagId);
  if (property === 'discussionId') return email.discussionKey;
  if (property === 'importance') return importanceOf(email.findings);
  if (property === 'importanceReasons') return importanceReasonsOf(email);
  if (property === 'tagReasons') return tagReasonsOf(email);
  return null;
}

function hasAttachment(content: Content | null): boolean {
  if (!content) return false;
  return listsOf(content).attachments.some(part => part.disposition !== 'inline');
}

function previewOf(content: Content | null): string {
  return content ? previewText(content.message) : '';
}

/** How each body property is read, once the lists are known. */
function bodyReader(content: Content | null, plan: EmailPlan): ReadonlyMap<string, () => unknown> {
  if (!content) return new Map(bodyProperties.map(name => [name, () => (name === 'bodyValues' ? {} : null)]));
  const lists = listsOf(content);
  const { root } = content.message;
  const shown = (parts: readonly Entity[]) => parts.map(part => bodyPart(part, content, plan.bodyProperties));
  return new Map<string, () => unknown>([
    ['headers', () => root.fields.map(({ name, value }) => ({ name, value: value.replaceAll('\0', '') }))],
    ['bodyStructure', () => bodyStructure(root, content, plan.bodyProperties)],
    ['bodyValues', () => bodyValues(content, lists, plan)],
    ['textBody', () => shown(lists.textBody)],
    ['htmlBody', () => shown(lists.htmlBody)],
    ['attachments', () => shown(lists.attachments)],
  ]);
}
