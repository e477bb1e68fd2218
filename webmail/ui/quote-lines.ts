/** Words that end the line by which mail programs say whom they quote. */
const lastVerbs =
  /(?:wrote|writes|said|écrit|écrivait|escribió|escribe|ha scritto|escreveu|napisał\p{L}*|a scris|írta|kirjoitti|yazdı|napsal\p{L}*|写道|のメッセージ)\s*[:：]$/iu;
/** Words behind which the name still follows. */
const innerVerbs = /\s(?:schrieb|schreibt|schreef|skrev|pisze|napisał\p{L}*)\s.{1,150}[:：]$/iu;
/** How such a line begins. */
const beginnings =
  /^(?:(?:On|Le|Am|El|Il|Em|Op|Den|W dniu|Dnia|În data|Dne|In (?:a )?message|Quoting)[\s,]|\d{1,4}[-./年]|["*])/iu;
const address = /[^\s@<>()]{1,64}@[^\s@<>()]{1,190}/;
/** A year or a time of day: a sentence that only ends like such a line seldom has one. */
const moment = /\b(?:19|20)\d\d\b|\b\d{1,2}\s?[:h.]\s?\d{2}\b/;
const maxAttributionLines = 4;
const maxAttributionLength = 500;

/**
 * Where the line begins that says who is quoted and that ends here, maybe wrapped; -1 when it is none. `isCertain`
 * asks for all the marks of one, for where no quotation marks follow.
 */
export function attributionStart(lines: readonly string[], end: number, isCertain: boolean): number {
  const last = (lines[end] ?? '').trim();
  if (!/[:：]$/.test(last) || last.length > maxAttributionLength) return -1;
  let joined = '';
  for (let start = end; start >= 0 && end - start < maxAttributionLines; start--) {
    const line = (lines[start] ?? '').trim();
    joined = `${line} ${joined}`.trim();
    if (line === '' || line.startsWith('>') || joined.length > maxAttributionLength) break;
    if (beginnings.test(joined) && isAttribution(joined, isCertain)) return start;
  }
  return !isCertain && isAttribution(last, false) ? end : -1;
}

function isAttribution(text: string, isCertain: boolean): boolean {
  const isNamed = address.test(text);
  const hasVerb = lastVerbs.test(text) || innerVerbs.test(text);
  return isCertain ? hasVerb && (isNamed || moment.test(text)) : hasVerb || isNamed;
}

/** Above a message that is answered. */
const answeredMark =
  /^[-_]{2,}\s*(?:Original Message|Original message|Message d['’]origine|Message original|Message initial|Ursprüngliche Nachricht|Original-Nachricht|Mensaje original|Messaggio originale|Mensagem original|Oorspronkelijk bericht|Reply message)\s*[-_]{2,}$/iu;
/** Above a message that is passed on: that is what the reader is meant to read. */
const forwardedMark =
  /^(?:[-_]{2,}\s*(?:Forwarded message|Forwarded Message|Message transféré|Message réexpédié|Weitergeleitete Nachricht|Mensaje reenviado|Messaggio inoltrato|Mensagem encaminhada|Doorgestuurd bericht)(?!\p{L}).{0,60}|Begin forwarded message\s*:|Début du message (?:transféré|réexpédié)\s*:|Anfang der weitergeleiteten Nachricht\s*:)$/iu;

/** Whether another message is passed on below this line. */
export function isForwardedMark(line: string): boolean {
  return line.length < 200 && forwardedMark.test(line.trim());
}

/** Whether the message that is answered stands below this line. */
export function isAnsweredMark(line: string): boolean {
  return line.length < 200 && answeredMark.test(line.trim());
}

/** Names of fields that Outlook and others write above what they quote, by what they tell. */
const fieldNames = {
  originator: /^(?:From|De|Von|Da|Van|Från|Fra|Od|Expéditeur|De la part de)$/i,
  date: /^(?:Sent|Date|Envoyé(?: le)?|Gesendet|Datum|Enviado(?: el)?|Fecha|Inviato|Data|Verzonden|Skickat|Sendt|Wysłano)$/i,
  other:
    /^(?:To|À|A|An|Para|Aan|Till|Til|Do|Cc|Copie(?: à)?|Subject|Objet|Betreff|Asunto|Oggetto|Assunto|Onderwerp|Ämne|Emne|Temat|Importance|Reply-To|Répondre à)$/i,
} as const;
const maxFieldLines = 12;

/** What the field on this line tells; null when no field stands there. Programs may have written it in bold. */
export function fieldKind(line: string): keyof typeof fieldNames | null {
  const name = /^\s{0,3}\*?([\p{L}][\p{L} -]{0,20}?)\s{0,2}\*?\s?[:：]/u.exec(line.slice(0, 60))?.[1];
  if (name === undefined) return null;
  const kinds = ['originator', 'date', 'other'] as const;
  return kinds.find(kind => fieldNames[kind].test(name)) ?? null;
}

/** Whether a block of header fields, as it stands above a quoted message, begins on this line. */
export function beginsFields(lines: readonly string[], start: number): boolean {
  if (fieldKind(lines[start] ?? '') !== 'originator') return false;
  const kinds: (string | null)[] = [];
  for (const line of lines.slice(start + 1, start + maxFieldLines)) {
    if (line.trim() === '') break;
    kinds.push(fieldKind(line));
  }
  return kinds.includes('date') && kinds.includes('other');
}
