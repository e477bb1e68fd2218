import { Buffer } from 'node:buffer';
import { allEntities } from '../message/body.ts';
import { decodeBody, decodeText } from '../message/content.ts';
import { scanHtml } from '../message/html.ts';
import { parseMessage } from '../message/message.ts';
import type { Entity, Message } from '../message/shape.ts';
import { scriptLimits } from './limits.ts';

/** Messages inside messages are looked into this deep. */
const maxMessages = 3;

/** What is before the body is read by other tests. */
export function rawBody({ raw, root }: Message): string[] {
  return [octetsText(raw.subarray(root.bodyStart))];
}

/** The texts of a message for `:text` (RFC 5173 §5.3): each part that people read, markup taken away. */
export function readableTexts(message: Message): string[] {
  let room: number = scriptLimits.bodyLength;
  return entitiesOf(message, 0).flatMap(([owner, entity]) => {
    if (!entity.mediaType.startsWith('text/') || room <= 0) return [];
    const { text } = decodeText(owner, entity, room);
    const read = entity.mediaType === 'text/html' ? scanHtml(text).text : text;
    room -= text.length;
    return [read];
  });
}

/** The contents of the parts that have one of these media types (RFC 5173 §5.2). */
export function contentTexts(message: Message, types: readonly string[]): string[] {
  const asked = types.flatMap(type => typePattern(type) ?? []);
  let room: number = scriptLimits.bodyLength;
  return entitiesOf(message, 0).flatMap(([owner, entity]) => {
    if (room <= 0 || !asked.some(pattern => pattern.test(entity.mediaType))) return [];
    const text = contentOf(owner, entity).slice(0, room);
    room -= text.length;
    return [text];
  });
}

/** Null for what is no type: it fits nothing. */
function typePattern(type: string): RegExp | null {
  if (type === '') return /^/;
  if (!/^[\w!#$&^.+-]+(?:\/[\w!#$&^.+-]+)?$/.test(type)) return null;
  const literal = type.replace(/[$^.+]/g, '\\$&');
  return new RegExp(`^${literal}${type.includes('/') ? '$' : '/'}`, 'i');
}

/** Every entity with the message whose octets it points into, those of messages inside it, too. */
function entitiesOf(message: Message, depth: number): [Message, Entity][] {
  return allEntities(message).flatMap(entity => {
    const own: [Message, Entity] = [message, entity];
    if (entity.mediaType !== 'message/rfc822' || depth >= maxMessages) return [own];
    return [own, ...entitiesOf(parseMessage(decodeBody(message, entity)), depth + 1)];
  });
}

function contentOf(message: Message, entity: Entity): string {
  const { mediaType, parts } = entity;
  if (parts.length > 0) return aroundParts(message, entity);
  if (mediaType === 'message/rfc822') {
    const inner = parseMessage(decodeBody(message, entity));
    return octetsText(inner.raw.subarray(0, inner.root.bodyStart));
  }
  if (mediaType.startsWith('text/')) return decodeText(message, entity, scriptLimits.bodyLength).text;
  return octetsText(decodeBody(message, entity));
}

/** Prologue and epilogue of a multipart: what stands around its parts, without the boundaries' lines. */
function aroundParts({ raw }: Message, { bodyStart, bodyEnd, parts }: Entity): string {
  const [first] = parts;
  const last = parts.at(-1);
  const before = octetsText(raw.subarray(bodyStart, first?.headerStart ?? bodyEnd));
  const behind = octetsText(raw.subarray(last?.bodyEnd ?? bodyEnd, bodyEnd));
  return withoutLastLine(before) + behind.replace(/^\r?\n[^\n]*(?:\n|$)/, '');
}

function withoutLastLine(text: string): string {
  const end = text.replace(/\r?\n$/, '').lastIndexOf('\n');
  return end === -1 ? '' : text.slice(0, end + 1);
}

function octetsText(octets: Uint8Array): string {
  return Buffer.from(
    octets.buffer,
    octets.byteOffset,
    Math.min(octets.byteLength, scriptLimits.bodyLength),
  ).toString('utf8');
}
