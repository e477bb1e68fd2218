/** Letters in which every string that a sender may choose is one of these texts, several to a field. */
export function hostileLetters(texts: readonly string[]): string[] {
  return [ordinary(texts), ofList(texts)];
}

function ordinary(texts: readonly string[]): string {
  const all = texts.join(' ');
  return [
    ...originators(texts),
    `Subject: ${word(all)}`,
    `Message-ID: <${oneLine(texts[0] ?? '')}@a.example>`,
    `Organization: ${word(all)}`,
    `X-Raw: ${oneLine(all)}`,
    `User-Agent: ${oneLine(all)}`,
    ...multipart([
      part(['Content-Type: text/plain; charset=utf-8'], texts.join('\n')),
      ...texts.map(text => part(['Content-Type: text/html; charset=utf-8'], markup(text))),
      ...texts.map(attachment),
    ]),
  ].join('\n');
}

/** By a mailing list, whose identifier stands for the participants. */
function ofList(texts: readonly string[]): string {
  const all = texts.join(' ');
  return [
    ...originators(texts),
    `List-Id: ${word(all)} <${oneLine(all).replaceAll(/[<>]/g, '')}.list.example>`,
    `List-Unsubscribe: <${oneLine(all)}>`,
    `Subject: ${oneLine(all)}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    lines(texts.map(text => `> ${text}\n${text}\nhttps://a.example/${text}`).join('\n')),
    '',
  ].join('\n');
}

function originators(texts: readonly string[]): string[] {
  const addresses = texts.map((text, place) => `${word(text)} <"${localPart(text)}"@p${place}.example>`);
  return [
    `From: ${addresses[0]}`,
    `To: owner@example.org, ${addresses.join(', ')}`,
    `Cc: ${word(texts.join(' '))} <cc@a.example>`,
    `Reply-To: ${addresses.at(-1)}`,
  ];
}

/** Once as the body itself, and once in attributes that mail has. */
function markup(text: string): string {
  const value = text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<p>Before</p>${text}<p>After</p><a href="${value}" title="${value}">${value}</a><img src="${value}" alt="${value}"><p id="${value}" class="${value}" style="${value}" lang="${value}">x</p>`;
}

function attachment(text: string): string {
  const name = encodeURIComponent(text).replaceAll("'", '%27');
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(text)?.[0] ?? 'image/svg+xml';
  return part(
    [
      `Content-Type: ${type}; name*=utf-8''${name}`,
      `Content-Disposition: attachment; filename*=utf-8''${name}`,
      `Content-ID: <${oneLine(text).replaceAll(/[<>]/g, '')}>`,
      `Content-Description: ${word(text)}`,
    ],
    `<svg xmlns="http://www.w3.org/2000/svg"><script>${text}</script></svg>`,
  );
}

function multipart(parts: readonly string[]): string[] {
  const head = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=cut', ''];
  return [...head, ...parts.map(text => `--cut\n${text}`), '--cut--', ''];
}

function part(fields: readonly string[], text: string): string {
  return [...fields, 'Content-Transfer-Encoding: base64', '', lines(text)].join('\n');
}

function lines(text: string): string {
  return Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n');
}

/** An encoded word (RFC 2047). */
function word(text: string): string {
  return `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function localPart(text: string): string {
  return oneLine(text).replaceAll(/[\\"]/g, '\\$&').slice(0, 60);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, ' ');
}
