/** One part of a made message: its header fields and its octets. */
export interface MadePart {
  readonly type: string;
  readonly name?: string;
  readonly octets: Uint8Array | string;
}

/** Header fields of a made message in their order, without line ends. */
export type MadeFields = readonly string[];

/** A message of several parts, as its text with LF: the first is shown, the others are attached. */
export function madeMessage(fields: MadeFields, parts: readonly MadePart[]): string {
  const boundary = 'made-mail-boundary';
  const written = parts.map((part, place) => {
    const octets = typeof part.octets === 'string' ? Buffer.from(part.octets) : Buffer.from(part.octets);
    const lines = octets.toString('base64').replace(/.{76}/g, '$&\n');
    return [
      `--${boundary}`,
      `Content-Type: ${part.type}`,
      'Content-Transfer-Encoding: base64',
      ...(place > 0 ? [`Content-Disposition: attachment${fileName(part.name)}`] : []),
      '',
      lines,
    ].join('\n');
  });
  return [
    ...fields,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    ...written,
    `--${boundary}--`,
    '',
  ].join('\n');
}

/** RFC 2231 §4, in which any name can be written. */
function fileName(name: string | undefined): string {
  return name === undefined ? '' : `; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, '_')}`;
}

/** One page that says so. */
export const pdfPage = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 47>>stream
BT /F1 24 Tf 40 100 Td (Hello from a PDF) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
`;
