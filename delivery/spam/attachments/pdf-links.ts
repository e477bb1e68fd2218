import { constants, inflateSync } from 'node:zlib';

/** What is looked at of one document, at most. */
const limits = { links: 10, streams: 20, packedOctets: 60_000, octets: 300_000, characters: 600_000 };

/** Targets of the links in a PDF, from its plain objects and its object streams (ISO 32000-1, 7.5.7 and 12.6.4.7). */
export function pdfLinks(octets: Uint8Array): string[] {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const text = view.toString('latin1', 0, limits.characters);
  const found = new Set<string>();
  addTargets(text, found);
  let at = text.indexOf('/ObjStm');
  for (let streams = 0; at >= 0 && streams < limits.streams && found.size < limits.links; streams++) {
    const start = text.indexOf('stream', at);
    if (start < 0) break;
    const from = start + (text[start + 6] === '\r' ? 8 : 7);
    addTargets(inflated(view.subarray(from, from + limits.packedOctets)), found);
    at = text.indexOf('/ObjStm', from);
  }
  return [...found].slice(0, limits.links);
}

function addTargets(text: string, found: Set<string>): void {
  for (const [, target = ''] of text.matchAll(/\/URI\s{0,3}\(([^()\s]{8,1000})\)/g)) {
    if (found.size >= limits.links) return;
    if (/^https?:/i.test(target)) found.add(target.replace(/\\([()\\])/g, '$1'));
  }
}

function inflated(packed: Uint8Array): string {
  try {
    return inflateSync(packed, {
      maxOutputLength: limits.octets,
      finishFlush: constants.Z_SYNC_FLUSH,
    }).toString('latin1');
  } catch {
    // Another filter, or it swells beyond what is looked at.
    return '';
  }
}
